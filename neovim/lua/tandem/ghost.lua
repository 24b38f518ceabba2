--- Draws the rest of a suggestion as ghost text behind the cursor.
local M = {}

local namespace = vim.api.nvim_create_namespace('tandem.ghost')
vim.api.nvim_set_hl(0, 'TandemGhost', { link = 'Comment', default = true })

local function virtual_lines(lines)
  local drawn = {}
  for index = 2, #lines do
    drawn[#drawn + 1] = { { lines[index] == '' and ' ' or lines[index], 'TandemGhost' } }
  end
  return drawn
end

--- Text that stands behind the cursor and ends the suggestion's first line need not be drawn twice.
local function first_line(line, replaces, is_last)
  if replaces == '' then
    return line, 'inline'
  end
  if is_last and vim.endswith(line, replaces) then
    return line:sub(1, -#replaces - 1), 'inline'
  end
  return line, 'overlay'
end

--- Show `rest` at the cursor; `replaces` is the text behind the cursor that it will take the place of.
function M.draw(bufnr, row, column, rest, replaces)
  M.clear(bufnr)
  local lines = vim.split(rest, '\n', { plain = true })
  local first, position = first_line(lines[1], replaces, #lines == 1)
  vim.api.nvim_buf_set_extmark(bufnr, namespace, row, column, {
    virt_text = { { first, 'TandemGhost' } },
    virt_text_pos = position,
    virt_lines = #lines > 1 and virtual_lines(lines) or nil,
    hl_mode = 'combine',
  })
end

--- Remove what is drawn in `bufnr`.
function M.clear(bufnr)
  if vim.api.nvim_buf_is_valid(bufnr) then
    vim.api.nvim_buf_clear_namespace(bufnr, namespace, 0, -1)
  end
end

return M
