--- Tandem's code actions by name, so that a key can reach each of them at once.
local M = {}

local function is_ours(action)
  local command = action.command
  local id = type(command) == 'table' and command.command or command
  return type(id) == 'string' and vim.startswith(id, 'tandem.')
end

--- Offer the actions of `kinds` at the cursor or in `range` (lines from 1); a single one is run at once.
function M.run(kinds, range)
  local options = {
    context = { only = kinds, triggerKind = 1 },
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
