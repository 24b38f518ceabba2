--- What Neovim's own module of inline completion asks of our server, and which answers it gets to see.
---
--- The module keeps neither the place that it asked for nor the order of its questions; both are kept here.
local insertion = require('tandem.insertion')
local suggestion = require('tandem.suggestion')
local vain = require('tandem.vain')
local wire = require('tandem.wire')

local M = {}

---@class tandem.Question
---@field client vim.lsp.Client
---@field id integer|nil The request, while it is under way.
---@field place tandem.Place
---@field invoked boolean Whether the user asked by key.

---@class tandem.Offer What Neovim was given to draw.
---@field client_id integer
---@field suggestions tandem.Suggestion[]
---@field draw fun(items: table[])

---@type table<integer, tandem.Question> The newest question of each buffer.
local questions = {}

---@type table<integer, tandem.Offer>
local offers = {}

--- Buffers whose next question is the user's own.
local invoked = {}

--- Let the next question in `bufnr` count as the user's own.
function M.mark_invoked(bufnr)
  invoked[bufnr] = true
end

local function cancel(bufnr)
  local question = questions[bufnr]
  questions[bufnr] = nil
  vain.forget(bufnr)
  if question and question.id then
    question.client:cancel_request(question.id)
  end
end

--- Forget what was asked and offered in `bufnr`; an answer that is under way is never drawn.
function M.drop(bufnr)
  cancel(bufnr)
  invoked[bufnr], offers[bufnr] = nil, nil
end

local function read(result, question)
  local suggestions = {}
  for _, item in ipairs(result and (result.items or result) or {}) do
    suggestions[#suggestions + 1] = suggestion.read(item, question.place, question.client.offset_encoding)
  end
  return suggestions
end

local function fitting(bufnr, suggestions, place)
  return vim.tbl_filter(function(one)
    return insertion.rest_at(bufnr, one, place) ~= nil
  end, suggestions)
end

--- Let Neovim see an answer, less what does not fit what was typed since. What was typed asks anew.
local function pass_on(bufnr, question, result, draw)
  local place, all = insertion.here(bufnr), read(result, question)
  local suggestions = fitting(bufnr, all, place)
  local is_here = vim.deep_equal(place, question.place)
  if #suggestions == 0 and not is_here then
    return
  end
  if #all == 0 and is_here then
    vain.note(bufnr, question.client.id, question.invoked)
  end
  offers[bufnr] = { client_id = question.client.id, suggestions = suggestions, draw = draw }
  M.show_again(bufnr)
end

local function ask(client, request, params, handler, bufnr)
  cancel(bufnr)
  local is_invoked = invoked[bufnr] == true
  if is_invoked then
    invoked[bufnr] = nil
    params.context.triggerKind = vim.lsp.protocol.InlineCompletionTriggerKind.Invoked
  end
  local question = { client = client, place = insertion.here(bufnr), invoked = is_invoked }
  questions[bufnr] = question
  local sent
  sent, question.id = request(client, wire.inline, params, function(err, result, context)
    question.id = nil
    if questions[bufnr] ~= question or vim.api.nvim_get_current_buf() ~= bufnr then
      return
    end
    if err then
      handler(err, result, context)
      return
    end
    pass_on(bufnr, question, result, function(items)
      handler(nil, { items = items }, context)
    end)
  end, bufnr)
  return sent, question.id
end

--- Stand between Neovim's module and `client`.
function M.watch(client)
  local request = client.request
  client.request = function(self, method, params, handler, bufnr)
    -- Who names no buffer is not that module.
    if method ~= wire.inline or not bufnr or bufnr == 0 then
      return request(self, method, params, handler, bufnr)
    end
    -- Neovim asks after a while, for the window that is current by then.
    if vim.api.nvim_get_current_buf() ~= bufnr then
      return false
    end
    return ask(self, request, params, handler, bufnr)
  end
end

--- Whether something of what was offered can still be taken; true where another client may have offered it.
function M.fits(bufnr)
  local offer = offers[bufnr]
  local clients = vim.lsp.get_clients({ bufnr = bufnr, method = wire.inline })
  if not offer or #clients > 1 then
    return true
  end
  return #fitting(bufnr, offer.suggestions, insertion.here(bufnr)) > 0
end

--- The suggestion that Neovim's `item` was made of, or nil where another client offered it.
---@return tandem.Suggestion|nil
function M.offered(bufnr, item)
  local offer = offers[bufnr]
  for _, one in ipairs(offer and offer.client_id == item.client_id and offer.suggestions or {}) do
    if vim.deep_equal(one.item.insertText, item.insert_text) then
      return one
    end
  end
end

--- Draw `shown`, or all that was offered, as if it had just been answered.
function M.show_again(bufnr, shown)
  local offer = offers[bufnr]
  offer.draw(vim.tbl_map(function(one)
    return one.item
  end, shown and { shown } or offer.suggestions))
end

return M
