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

--- LSP's MessageType, from 1.
local BY_TYPE = { M.error, M.warn, M.info, M.info }
local REST = ' … (:Tandem status)'

--- What the server said last, where it was too long for the message line; else nil.
M.shortened = nil

--- `text` on one line of `width` cells: a longer one stops Neovim at "Press ENTER".
local function fitting(text, width)
  local line = text:gsub('%s+', ' ')
  if vim.fn.strdisplaywidth(line) <= width then
    return line
  end
  return vim.fn.strcharpart(line, 0, math.max(width - vim.fn.strdisplaywidth(REST), 0)) .. REST
end

--- Show window/showMessage.
function M.on_message(_, params)
  local line = fitting(params.message, vim.v.echospace - #'Tandem: ')
  M.shortened = line ~= params.message and params.message or nil
  local tell = BY_TYPE[params.type] or M.info
  tell(line)
end

return M
