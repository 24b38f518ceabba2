--- Inline completion by Neovim's own module, where it has one (0.12 and later).
---
--- The module shows and asks. Accepting is done here: it would put the text in place of the range that was right
--- when it asked, and so leave behind what was typed through since (neovim#36529).
local insertion = require('tandem.insertion')
local suggestion = require('tandem.suggestion')
local wire = require('tandem.wire')

local M = {}

--- Where Neovim draws; there is no other public sign of what is on the screen.
local namespace = vim.api.nvim_create_namespace('nvim.lsp.inline_completion')

--- Buffers whose next request is the user's own.
local invoked = {}

local function module()
  return vim.lsp.inline_completion
end

function M.exists()
  return module() ~= nil
end

--- Neovim can only ask by itself; what the user asks for is marked on its way out.
local function mark_invoked(client)
  local request = client.request
  client.request = function(self, method, params, handler, bufnr)
    if method == wire.inline and invoked[bufnr] then
      invoked[bufnr] = nil
      params.context.triggerKind = vim.lsp.protocol.InlineCompletionTriggerKind.Invoked
    end
    return request(self, method, params, handler, bufnr)
  end
end

--- The buffers of each client.
local served = {}

function M.attach(client, bufnr)
  if not served[client.id] then
    served[client.id] = {}
    mark_invoked(client)
  end
  served[client.id][bufnr] = true
  if vim.b[bufnr].tandem_inline ~= false then
    module().enable(true, { bufnr = bufnr })
  end
end

function M.detach(bufnr)
  module().enable(false, { bufnr = bufnr })
end

--- A client is gone; Neovim would ask it once more, and find it missing.
function M.forget(client_id)
  for bufnr in pairs(served[client_id] or {}) do
    if vim.api.nvim_buf_is_valid(bufnr) then
      M.detach(bufnr)
    end
  end
  served[client_id] = nil
end

local function text_of(item)
  local text = item.insert_text
  return type(text) == 'table' and text.value or text
end

--- The item as a suggestion in our own terms.
local function read(bufnr, item)
  local row, column = unpack(vim.api.nvim_win_get_cursor(0))
  row = row - 1
  local shown = { row = row, column = column, text = text_of(item), replaces = '' }
  if item.range then
    local first_row, first_column, _, last_column = item.range:to_extmark()
    shown.row, shown.column = first_row, first_column
    -- The range ended behind the cursor of that time by as much as it still does.
    local line = vim.api.nvim_buf_get_lines(bufnr, row, row + 1, false)[1]
    shown.replaces = line:sub(column + 1, math.max(column, last_column))
  end
  return shown
end

local function insert(bufnr, item, take)
  local shown = read(bufnr, item)
  local row, column, typed, behind = insertion.around_cursor(bufnr, shown)
  local rest = typed and suggestion.remainder(shown, typed, behind)
  if not rest then
    return
  end
  local part = take(rest)
  local whole = #part == #rest
  insertion.insert(bufnr, row, column, part, whole and #shown.replaces or 0)
  if whole then
    insertion.taken(vim.lsp.get_client_by_id(item.client_id), item.command)
  end
end

--- Accept what `take` cuts off the suggestion; returns whether there was one.
function M.accept(bufnr, take)
  return M.visible(bufnr)
    and module().get({
      bufnr = bufnr,
      on_accept = function(item)
        insert(bufnr, item, take)
      end,
    })
end

--- Whether a suggestion is on the screen.
function M.visible(bufnr)
  return #vim.api.nvim_buf_get_extmarks(bufnr, namespace, 0, -1, { limit = 1 }) > 0
end

--- Leaving and entering again is how Neovim's module forgets what it shows.
function M.dismiss(bufnr)
  if module().is_enabled({ bufnr = bufnr }) then
    module().enable(false, { bufnr = bufnr })
    if vim.b[bufnr].tandem_inline ~= false then
      module().enable(true, { bufnr = bufnr })
    end
  end
end

--- Let Neovim ask, as it does when the cursor moves; it waits a moment first.
function M.trigger(bufnr)
  invoked[bufnr] = true
  vim.api.nvim_exec_autocmds('CursorMovedI', { buffer = bufnr, modeline = false })
end

--- Offer text in `bufnr` again after a toggle.
function M.resume(bufnr)
  module().enable(true, { bufnr = bufnr })
end

return M
