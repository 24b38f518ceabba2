--- Inline completion by Neovim's own module, where it has one (0.12 and later).
---
--- The module asks and draws. It would draw a late answer wherever the cursor stands by then, and accept it in place
--- of the range that was right when it asked (neovim#36529). So `questions` lets through only what still fits, and
--- accepting is done here.
local insertion = require('tandem.insertion')
local questions = require('tandem.questions')

local M = {}

--- Where Neovim draws; there is no other public sign of what is on the screen.
local namespace = vim.api.nvim_create_namespace('nvim.lsp.inline_completion')

local function module()
  return vim.lsp.inline_completion
end

function M.exists()
  return module() ~= nil
end

--- The buffers of each client.
local served = {}

local function group_of(bufnr)
  return 'tandem.native.' .. bufnr
end

--- Neovim draws its last answer until it has a new one, though something else was typed.
local function hide_what_no_longer_fits(bufnr)
  if M.visible(bufnr) and not questions.fits(bufnr) then
    vim.api.nvim_buf_clear_namespace(bufnr, namespace, 0, -1)
  end
end

--- Offer text in `bufnr`.
function M.resume(bufnr)
  module().enable(true, { bufnr = bufnr })
  -- Made after Neovim's own, and so run after them: they draw.
  local group = vim.api.nvim_create_augroup(group_of(bufnr), {})
  vim.api.nvim_create_autocmd({ 'CursorMovedI', 'TextChangedP' }, {
    group = group,
    buffer = bufnr,
    callback = function()
      hide_what_no_longer_fits(bufnr)
    end,
  })
  vim.api.nvim_create_autocmd('InsertLeave', {
    group = group,
    buffer = bufnr,
    callback = function()
      questions.drop(bufnr)
    end,
  })
end

function M.attach(client, bufnr)
  if not served[client.id] then
    served[client.id] = {}
    questions.watch(client)
  end
  served[client.id][bufnr] = true
  if vim.b[bufnr].tandem_inline ~= false then
    M.resume(bufnr)
  end
end

function M.detach(bufnr)
  questions.drop(bufnr)
  module().enable(false, { bufnr = bufnr })
  pcall(vim.api.nvim_del_augroup_by_name, group_of(bufnr))
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

--- Let Neovim ask, as it does when the cursor moves; it waits a moment first.
function M.ask_again(bufnr, invoked)
  if invoked then
    questions.mark_invoked(bufnr)
  end
  vim.api.nvim_exec_autocmds('CursorMovedI', { buffer = bufnr, modeline = false })
end

local function insert(bufnr, client, shown, take)
  local place = insertion.here(bufnr)
  local rest = insertion.rest_at(bufnr, shown, place)
  if not rest then
    M.ask_again(bufnr, false)
    return
  end
  local part = take(rest)
  local whole = #part == #rest
  insertion.insert(bufnr, place, part, whole and #shown.replaces or 0)
  if whole then
    insertion.taken(client, shown.item.command)
  else
    questions.show_again(bufnr, shown)
  end
end

--- Accept what `take` cuts off the suggestion; returns whether there was one.
function M.accept(bufnr, take)
  return M.visible(bufnr)
    and module().get({
      bufnr = bufnr,
      on_accept = function(item)
        local shown = questions.offered(bufnr, item)
        if not shown then
          return item
        end
        insert(bufnr, vim.lsp.get_client_by_id(item.client_id), shown, take)
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
    M.detach(bufnr)
    if vim.b[bufnr].tandem_inline ~= false then
      M.resume(bufnr)
    end
  end
end

function M.trigger(bufnr)
  if module().is_enabled({ bufnr = bufnr }) then
    M.ask_again(bufnr, true)
  end
end

return M
