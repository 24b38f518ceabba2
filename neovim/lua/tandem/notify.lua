--- One way to speak to the user.
local M = {}

local function say(level)
  return function(message)
    vim.schedule(function()
      vim.notify('Tandem: ' .. message, level, { title = 'Tandem' })
    end)
  end
end

M.info = say(vim.log.levels.INFO)
M.warn = say(vim.log.levels.WARN)
M.error = say(vim.log.levels.ERROR)

return M
