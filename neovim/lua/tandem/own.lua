--- Inline completion of our own, for a Neovim that has none: ask, draw, follow the typing, accept.
local compat = require('tandem.compat')
local config = require('tandem.config')
local ghost = require('tandem.ghost')
local insertion = require('tandem.insertion')
local suggestion = require('tandem.suggestion')
local vain = require('tandem.vain')
local wire = require('tandem.wire')

local M = {}

---@class tandem.InlineState
---@field client_id integer
---@field timer uv.uv_timer_t
---@field request integer|nil The request under way.
---@field shown tandem.Suggestion|nil

---@type table<integer, tandem.InlineState>
local states = {}

local function client_of(state)
  return vim.lsp.get_client_by_id(state.client_id)
end

local AUTOMATIC, INVOKED = 2, 1

local function cancel(state)
  state.timer:stop()
  local client = client_of(state)
  if state.request and client then
    compat.cancel(client, state.request)
  end
  state.request = nil
end

local function hide(bufnr)
  states[bufnr].shown = nil
  ghost.clear(bufnr)
end

--- Draw what is left of the suggestion; returns whether anything is.
local function follow(bufnr)
  local shown = states[bufnr].shown
  if not shown or vim.fn.pumvisible() == 1 then
    return false
  end
  local place = insertion.here(bufnr)
  local rest = insertion.rest_at(bufnr, shown, place)
  if not rest then
    return false
  end
  ghost.draw(bufnr, place.row, place.column, rest, shown.replaces)
  return true
end

local function show(bufnr, item, encoding)
  if vim.api.nvim_get_mode().mode:sub(1, 1) ~= 'i' then
    return
  end
  states[bufnr].shown = suggestion.read(item, insertion.here(bufnr), encoding)
  if not follow(bufnr) then
    hide(bufnr)
  end
end

local function position_params(client, bufnr, kind)
  local params = vim.lsp.util.make_position_params(0, client.offset_encoding)
  params.textDocument = vim.lsp.util.make_text_document_params(bufnr)
  params.context = { triggerKind = kind }
  return params
end

local function ask(bufnr, kind)
  local state = states[bufnr]
  local client = state and client_of(state)
  if not client or vim.api.nvim_get_current_buf() ~= bufnr then
    return
  end
  cancel(state)
  vain.forget(bufnr)
  local tick = vim.api.nvim_buf_get_changedtick(bufnr)
  local cursor = vim.api.nvim_win_get_cursor(0)
  local id
  id = compat.request(client, wire.inline, position_params(client, bufnr, kind), function(err, result)
    if not states[bufnr] or state.request ~= id then
      return
    end
    state.request = nil
    -- What was typed since has asked anew; a late answer would be drawn at the wrong place.
    local moved = not vim.deep_equal(cursor, vim.api.nvim_win_get_cursor(0))
    if err or moved or vim.api.nvim_buf_get_changedtick(bufnr) ~= tick then
      return
    end
    local items = result and (result.items or result) or {}
    if items[1] then
      show(bufnr, items[1], client.offset_encoding)
    else
      vain.note(bufnr, client.id, kind == INVOKED)
    end
  end, bufnr)
  state.request = id
end

local function on_typing(bufnr)
  local state = states[bufnr]
  if not state then
    return
  end
  if follow(bufnr) then
    cancel(state)
    return
  end
  hide(bufnr)
  cancel(state)
  if not config.current.inline.enabled or vim.b[bufnr].tandem_inline == false then
    return
  end
  state.timer:start(config.current.inline.debounce_ms, 0, vim.schedule_wrap(function()
    ask(bufnr, AUTOMATIC)
  end))
end

--- Start to offer text in `bufnr`.
function M.attach(client, bufnr)
  if states[bufnr] then
    states[bufnr].client_id = client.id
    return
  end
  states[bufnr] = { client_id = client.id, timer = assert(vim.uv.new_timer()) }
  local group = vim.api.nvim_create_augroup('tandem.inline.' .. bufnr, {})
  vim.api.nvim_create_autocmd({ 'TextChangedI', 'CursorMovedI' }, {
    group = group,
    buffer = bufnr,
    callback = function()
      on_typing(bufnr)
    end,
  })
  vim.api.nvim_create_autocmd({ 'InsertLeave', 'BufLeave', 'CompleteChanged' }, {
    group = group,
    buffer = bufnr,
    callback = function()
      M.dismiss(bufnr)
    end,
  })
  vim.api.nvim_create_autocmd({ 'BufWipeout', 'BufDelete' }, {
    group = group,
    buffer = bufnr,
    callback = function()
      M.detach(bufnr)
    end,
  })
end

--- Stop offering text in `bufnr`.
function M.detach(bufnr)
  local state = states[bufnr]
  if not state then
    return
  end
  cancel(state)
  state.timer:close()
  ghost.clear(bufnr)
  vain.forget(bufnr)
  states[bufnr] = nil
  pcall(vim.api.nvim_del_augroup_by_name, 'tandem.inline.' .. bufnr)
end

--- A client is gone; what it offered may still be taken.
function M.forget(client_id)
  for _, state in pairs(states) do
    if state.client_id == client_id then
      cancel(state)
    end
  end
end

--- Whether a suggestion is on the screen.
function M.visible(bufnr)
  return states[bufnr] ~= nil and states[bufnr].shown ~= nil
end

--- Hide the suggestion and forget what is under way.
function M.dismiss(bufnr)
  if states[bufnr] then
    cancel(states[bufnr])
    hide(bufnr)
    vain.forget(bufnr)
  end
end

--- Nothing to do after a toggle: the next key asks.
function M.resume(_) end

--- Ask for a suggestion now.
function M.trigger(bufnr)
  if states[bufnr] then
    hide(bufnr)
    ask(bufnr, INVOKED)
  end
end

--- Ask at the cursor once more what got no text before.
function M.ask_again(bufnr, invoked)
  ask(bufnr, invoked and INVOKED or AUTOMATIC)
end

--- Accept what `take` cuts off the front of the suggestion; returns whether there was one.
---@param take fun(rest: string): string
function M.accept(bufnr, take)
  local state = states[bufnr]
  if not M.visible(bufnr) then
    return false
  end
  local shown = state.shown
  local place = insertion.here(bufnr)
  local rest = insertion.rest_at(bufnr, shown, place)
  if not rest then
    return false
  end
  local part = take(rest)
  local whole = #part == #rest
  insertion.insert(bufnr, place, part, whole and #shown.replaces or 0)
  if whole then
    hide(bufnr)
    insertion.taken(client_of(state), shown.item.command)
  else
    follow(bufnr)
  end
  return true
end

return M
