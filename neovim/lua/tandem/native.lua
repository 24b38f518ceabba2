--- Inline completion by Neovim's own module, where it has one (0.12 and later).
local M = {}

local function module()
  return vim.lsp.inline_completion
end

function M.exists()
  return module() ~= nil
end

function M.attach(client, bufnr)
  module().enable(true, { bufnr = bufnr, client_id = client.id })
end

function M.detach(bufnr)
  module().enable(false, { bufnr = bufnr })
end

local function text_of(item)
  local text = item.insert_text or item.value
  return type(text) == 'table' and text.value or text
end

--- Accept what `take` cuts off the suggestion; Neovim hands the item over before it applies it.
function M.accept(bufnr, take)
  return module().get({
    bufnr = bufnr,
    on_accept = function(item)
      local range = item.range
      local row, column = unpack(vim.api.nvim_win_get_cursor(0))
      local typed = range
          and table.concat(
            vim.api.nvim_buf_get_text(bufnr, range.start.row, range.start.col, row - 1, column, {}),
            '\n'
          )
        or ''
      local rest = text_of(item):sub(#typed + 1)
      local part = take(rest)
      if #part == #rest then
        return item
      end
      local lines = vim.split(part, '\n', { plain = true })
      vim.api.nvim_buf_set_text(bufnr, row - 1, column, row - 1, column, lines)
      local last = #lines == 1 and column + #part or #lines[#lines]
      vim.api.nvim_win_set_cursor(0, { row - 1 + #lines, last })
    end,
  })
end

--- Neovim answers "was there one" only by accepting it.
function M.visible()
  return true
end

--- Leaving and entering again is how Neovim's module forgets what it shows.
function M.dismiss(bufnr)
  if module().is_enabled({ bufnr = bufnr }) then
    module().enable(false, { bufnr = bufnr })
    module().enable(true, { bufnr = bufnr })
  end
end

function M.trigger(bufnr)
  module().get({ bufnr = bufnr })
end

return M
