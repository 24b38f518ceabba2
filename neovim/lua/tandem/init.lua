--- Tandem in Neovim: `require('tandem').setup()` is all that is needed.
local M = {}

--- Read the options and start the server for every file that it serves; see :help tandem-setup.
---@param options table|nil
function M.setup(options)
  require('tandem.config').apply(options)
  require('tandem.keys').map()
  require('tandem.actions').register()
  require('tandem.client').enable()
end

--- A text for the status line, such as `%{v:lua.require'tandem'.status()}`.
function M.status()
  return require('tandem.status').component()
end

--- Ask a question about the code; the answer streams into a split.
function M.ask(question)
  require('tandem.ask').ask(question, { origin = vim.api.nvim_get_current_buf() })
end

--- What the keys of insert mode do, for mappings of one's own: accept, accept_word, accept_line, dismiss, trigger.
M.inline = setmetatable({}, {
  __index = function(_, name)
    return require('tandem.inline')[name]
  end,
})

--- Change settings of the server while it runs.
---@param settings table As in tandem.yaml.
function M.configure(settings)
  local config = require('tandem.config').current
  config.settings = vim.tbl_deep_extend('force', config.settings, settings)
  require('tandem.client').push_settings()
end

return M
