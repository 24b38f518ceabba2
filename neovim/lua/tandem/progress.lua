--- What the server says of its work: states for the status line, streams for those who wait for one.
local M = {}

--- Streams by their token: who takes the parts of an answer.
---@type table<string, fun(value: any)>
local streams = {}

--- Work under way by client and token, newest last.
---@type { client_id: integer, token: string|integer, title: string, message: string|nil, percent: integer|nil }[]
local work = {}

local count = 0

--- A token of ours for partial results; `take` gets each part until `close`.
function M.open(take)
  count = count + 1
  local token = ('tandem-nvim-%d-%d'):format(vim.uv.os_getpid(), count)
  streams[token] = take
  return token
end

function M.close(token)
  streams[token] = nil
end

local function index_of(client_id, token)
  for index, entry in ipairs(work) do
    if entry.client_id == client_id and entry.token == token then
      return index
    end
  end
end

local function note(client_id, token, value)
  local index = index_of(client_id, token)
  if value.kind == 'begin' then
    work[#work + 1] = {
      client_id = client_id,
      token = token,
      title = value.title,
      message = value.message,
      percent = value.percentage,
    }
  elseif index and value.kind == 'report' then
    work[index].message = value.message or work[index].message
    work[index].percent = value.percentage or work[index].percent
  elseif index and value.kind == 'end' then
    table.remove(work, index)
  end
  vim.cmd.redrawstatus()
end

--- Parts of an answer go to who asked; all else is work-done progress, which Neovim shows too.
function M.on_progress(err, params, ctx, extra)
  local take = streams[params.token]
  if take then
    take(params.value)
    return
  end
  if type(params.value) == 'table' then
    note(ctx.client_id, params.token, params.value)
  end
  return vim.lsp.handlers['$/progress'](err, params, ctx, extra)
end

--- The newest work under way, or nil.
function M.newest()
  return work[#work]
end

--- Tell the server to end the newest work; returns whether there was any.
function M.cancel_newest()
  local entry = work[#work]
  local client = entry and vim.lsp.get_client_by_id(entry.client_id)
  if not client then
    return false
  end
  require('tandem.compat').notify(client, 'window/workDoneProgress/cancel', { token = entry.token })
  return true
end

--- Forget the work of a client that is gone.
function M.forget(client_id)
  work = vim.tbl_filter(function(entry)
    return entry.client_id ~= client_id
  end, work)
end

return M
