--- Questions about the code: sent with their place, answered into a split as the answer is written.
local answers = require('tandem.answer')
local client_of = require('tandem.client')
local compat = require('tandem.compat')
local progress = require('tandem.progress')
local views = require('tandem.view')
local wire = require('tandem.wire')

local M = {}

---@class tandem.Ask
---@field view tandem.View
---@field stop fun()

--- Every question of this session, oldest first.
---@type tandem.Ask[]
local asked = {}

local function range_params(client, bufnr, range)
  local encoding = client.offset_encoding
  local last = vim.api.nvim_buf_get_lines(bufnr, range[2] - 1, range[2], false)[1] or ''
  return vim.lsp.util.make_given_range_params(
    { range[1], 0 },
    { range[2], math.max(0, #last - 1) },
    bufnr,
    encoding
  ).range
end

local function params_of(client, question, origin, range)
  local params = { question = question }
  if vim.bo[origin].buftype == '' and vim.api.nvim_buf_get_name(origin) ~= '' then
    params.textDocument = vim.lsp.util.make_text_document_params(origin)
    if vim.api.nvim_get_current_buf() == origin then
      params.position = vim.lsp.util.make_position_params(0, client.offset_encoding).position
    end
    if range then
      params.range = range_params(client, origin, range)
    end
  end
  return params
end

--- The result holds the whole answer, so that a part that was lost on the way is not missed.
local function settle(answer, err, result)
  if err then
    answer.state, answer.failure = 'failed', err.message
    return
  end
  answer.state = 'done'
  if result and result.answer and #result.answer > #answer.text then
    answer.text = result.answer
  end
end

local function is_running(answer)
  return answer.state == 'waiting' or answer.state == 'streaming'
end

--- What was asked and answered before, for a follow-up; nil for a first question.
local function history_of(previous)
  if not previous then
    return nil
  end
  local turns = vim.deepcopy(previous.turns or {})
  turns[#turns + 1] = { question = previous.answer.question, answer = previous.answer.text }
  return turns
end

--- Send `question` and open the split that its answer streams into.
---@param options { origin: integer, range: integer[]|nil, previous: table|nil, params: table|nil }
function M.ask(question, options)
  local client = client_of.need(options.origin)
  if not client then
    return
  end
  local params = options.params or params_of(client, question, options.origin, options.range)
  params.history = history_of(options.previous)
  local answer = answers.new(question)
  local entry = { answer = answer, turns = params.history, client_id = client.id }
  local id
  -- Neovim calls no handler for a request that was cancelled, so the end is settled here.
  function entry.stop()
    if id and is_running(answer) then
      compat.cancel(client, id)
      answer.state = 'stopped'
      progress.close(params.partialResultToken)
      views.finish(entry.view)
    end
  end
  entry.view = views.open(answer, options.origin, {
    stop = entry.stop,
    follow_up = function()
      M.prompt({ origin = options.origin, previous = entry })
    end,
  })
  params.partialResultToken = progress.open(function(part)
    answers.add(answer, part)
    views.draw_soon(entry.view)
  end)
  asked[#asked + 1] = entry
  id = compat.request(client, wire.ask, params, function(err, result)
    progress.close(params.partialResultToken)
    settle(answer, err, result)
    views.finish(entry.view)
  end, options.origin)
  return entry
end

--- A question that the user chose as a code action; the server knows its place.
function M.on_question(_, params)
  local origin = vim.api.nvim_get_current_buf()
  if params.textDocument then
    origin = vim.uri_to_bufnr(params.textDocument.uri)
  end
  M.ask(params.question, { origin = origin, params = params })
end

--- Ask the user for the question first.
function M.prompt(options)
  local label = options.previous and 'Follow-up: ' or 'Ask Tandem: '
  vim.ui.input({ prompt = label }, function(question)
    if question and vim.trim(question) ~= '' then
      M.ask(vim.trim(question), options)
    end
  end)
end

--- Stop the newest answer that is still being written; returns whether there was one.
function M.stop()
  for index = #asked, 1, -1 do
    if is_running(asked[index].answer) then
      asked[index].stop()
      return true
    end
  end
  return false
end

--- A client is gone: what it was still writing ends here, with what came.
function M.forget(client_id)
  for _, entry in ipairs(asked) do
    if entry.client_id == client_id and is_running(entry.answer) then
      entry.answer.state = 'failed'
      entry.answer.failure = 'The server ended before the answer was whole. Ask again.'
      views.finish(entry.view)
    end
  end
end

--- Let the user pick an earlier answer of this session and show it again.
function M.history()
  local kept = vim.tbl_filter(function(entry)
    return vim.api.nvim_buf_is_valid(entry.view.bufnr)
  end, asked)
  if #kept == 0 then
    require('tandem.notify').info('nothing was asked yet; :Tandem ask begins')
    return
  end
  vim.ui.select(kept, {
    prompt = 'Earlier answers',
    format_item = function(entry)
      return entry.answer.question
    end,
  }, function(entry)
    if entry then
      views.reopen(entry.view.bufnr)
    end
  end)
end

return M
