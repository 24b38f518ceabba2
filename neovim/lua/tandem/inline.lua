--- Text offered while typing, by Neovim's own module where it exists and by ours elsewhere.
local config = require('tandem.config')
local suggestion = require('tandem.suggestion')
local vain = require('tandem.vain')

local M = {}

--- 'native' or 'own': what offers the text here.
function M.implementation()
  local wanted = config.current.inline.implementation
  if wanted ~= 'auto' then
    return wanted
  end
  return require('tandem.native').exists() and 'native' or 'own'
end

local function backend()
  return require('tandem.' .. M.implementation())
end

local function current()
  return vim.api.nvim_get_current_buf()
end

function M.attach(client, bufnr)
  if config.current.inline.enabled then
    backend().attach(client, bufnr)
  end
end

function M.detach(bufnr)
  backend().detach(bufnr)
end

--- A client is gone: nothing more is asked of it.
function M.forget(client_id)
  backend().forget(client_id)
end

local function everything(rest)
  return rest
end

--- Take the whole suggestion; returns whether there was one.
function M.accept()
  return backend().accept(current(), everything)
end

--- Take its next word; returns whether there was one.
function M.accept_word()
  return backend().accept(current(), suggestion.next_word)
end

--- Take the rest of its line; returns whether there was one.
function M.accept_line()
  return backend().accept(current(), suggestion.next_line)
end

--- Hide the suggestion; returns whether there was one.
function M.dismiss()
  local shown = backend().visible(current())
  backend().dismiss(current())
  return shown
end

--- Ask for a suggestion at the cursor.
function M.trigger()
  backend().trigger(current())
  return true
end

--- A server can answer now what it could not before: ask again where the user still waits for text.
function M.ready(client_id)
  local bufnr = current()
  if backend().visible(bufnr) then
    return
  end
  local question = vain.of(bufnr, client_id)
  if question then
    backend().ask_again(bufnr, question.invoked)
  end
end

--- Switch the offers in one buffer; returns whether they are on now.
function M.toggle(bufnr)
  local on = vim.b[bufnr].tandem_inline == false
  vim.b[bufnr].tandem_inline = on
  if on then
    backend().resume(bufnr)
  else
    backend().dismiss(bufnr)
  end
  return on
end

return M
