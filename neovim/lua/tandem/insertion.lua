--- Where a suggestion stands in its buffer, putting text there, and telling the server that it was taken.
local compat = require('tandem.compat')

local M = {}

--- The cursor of the current window, and what stands in `shown`'s place up to it and behind it.
---
--- Rows count from 0. The last two are nil where the cursor stands before the suggestion.
---@param shown tandem.Suggestion
function M.around_cursor(bufnr, shown)
  local row, column = unpack(vim.api.nvim_win_get_cursor(0))
  row = row - 1
  if row < shown.row or (row == shown.row and column < shown.column) then
    return row, column, nil, nil
  end
  local parts = vim.api.nvim_buf_get_text(bufnr, shown.row, shown.column, row, column, {})
  local line = vim.api.nvim_buf_get_lines(bufnr, row, row + 1, false)[1]
  return row, column, table.concat(parts, '\n'), line:sub(column + 1)
end

--- Put `part` at the cursor in place of `replaced` bytes behind it, as one step of undo.
function M.insert(bufnr, row, column, part, replaced)
  vim.bo[bufnr].undolevels = vim.bo[bufnr].undolevels
  local lines = vim.split(part, '\n', { plain = true })
  vim.api.nvim_buf_set_text(bufnr, row, column, row, column + replaced, lines)
  local last = #lines == 1 and column + #part or #lines[#lines]
  vim.api.nvim_win_set_cursor(0, { row + #lines, last })
end

--- Run the command of a suggestion that was taken whole; nothing is shown of it.
function M.taken(client, command)
  if command and client then
    local params = { command = command.command, arguments = command.arguments }
    compat.request(client, 'workspace/executeCommand', params, function() end)
  end
end

return M
