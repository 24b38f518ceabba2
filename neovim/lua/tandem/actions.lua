--- Tandem's code actions by name, so that a key can reach each of them at once.
local compat = require('tandem.compat')
local wire = require('tandem.wire')

local M = {}

local function execute(client, command)
  compat.request(client, 'workspace/executeCommand', {
    command = command.command,
    arguments = command.arguments,
  }, function(err)
    if err then
      require('tandem.notify').error(err.message)
    end
  end)
end

--- Run a chosen action; a rewrite asks for its instruction first, and none means that nothing is done.
function M.choose(command, client)
  local chosen = (command.arguments or {})[1] or {}
  if chosen.action ~= 'rewrite' or (chosen.arguments or {}).instruction then
    execute(client, command)
    return
  end
  vim.ui.input({ prompt = 'Rewrite how? ' }, function(instruction)
    if not instruction or vim.trim(instruction) == '' then
      return
    end
    command = vim.deepcopy(command)
    local arguments = vim.tbl_extend('force', chosen.arguments or {}, { instruction = vim.trim(instruction) })
    command.arguments[1].arguments = arguments
    execute(client, command)
  end)
end

--- Let Neovim hand Tandem's actions to `choose` instead of sending them as they are.
function M.register()
  vim.lsp.commands[wire.run_action] = function(command, ctx)
    local client = vim.lsp.get_client_by_id(ctx.client_id)
    if client then
      M.choose(command, client)
    end
  end
end

local function is_ours(action)
  local command = action.command
  local id = type(command) == 'table' and command.command or command
  return type(id) == 'string' and vim.startswith(id, 'tandem.')
end

--- Offer the actions of `kinds` at the cursor or in `range` (lines from 1); a single one is run at once.
function M.run(kinds, range)
  local bufnr = vim.api.nvim_get_current_buf()
  local client = require('tandem.client').of(bufnr)
  local line = vim.api.nvim_win_get_cursor(0)[1]
  local first, last = unpack(range or { line, line })
  local encoding = client and client.offset_encoding or 'utf-16'
  local options = {
    context = {
      only = kinds,
      triggerKind = 1,
      diagnostics = require('tandem.problems').on_lines(bufnr, first, last, encoding),
    },
    apply = true,
    filter = is_ours,
  }
  if range then
    local last = vim.fn.getline(range[2])
    options.range = { start = { range[1], 0 }, ['end'] = { range[2], math.max(0, #last - 1) } }
  end
  vim.lsp.buf.code_action(options)
end

return M
