--- Where a suggestion stands in its buffer, putting text there, and telling the server that it was taken.
local compat = require('tandem.compat')
local suggestion = require('tandem.suggestion')

local M = {}

--- Where the cursor of the current window stands in `bufnr`.
---@return tandem.Place
function M.here(bufnr)
  local row, column = unpack(vim.api.nvim_win_get_cursor(0))
  local line = vim.api.nvim_buf_get_lines(bufnr, row - 1, row, false)[1]
  return { row = row - 1, column = column, line = line }
end

--- What of `shown` is still to come at `place`, or nil where it no longer fits what stands there.
---@param shown tandem.Suggestion
---@param place tandem.Place
function M.rest_at(bufnr, shown, place)
  local first = vim.api.nvim_buf_get_lines(bufnr, shown.row, shown.row + 1, false)[1]
  local reached = place.row > shown.row or (place.row == shown.row and place.column >= shown.column)
  if not reached or #first < shown.column then
    return nil
  end
  local typed = vim.api.nvim_buf_get_text(bufnr, shown.row, shown.column, place.row, place.column, {})
  return suggestion.remainder(shown, table.concat(typed, '\n'), place.line:sub(place.column + 1))
end

--- Put `part` at `place`, the cursor, instead of `replaced` bytes behind it, as one step of undo.
---@param place tandem.Place
function M.insert(bufnr, place, part, replaced)
  vim.bo[bufnr].undolevels = vim.bo[bufnr].undolevels
  local row, column = place.row, place.column
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
