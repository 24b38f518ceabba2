--- What the status line shows: the work under way, else who answers.
local M = {}

--- The last tandem/status of each client.
local last = {}

--- Whether text can come now from a model that could not give any before.
local function is_readier(before, now)
  if now.state == 'built-in' then
    return false
  end
  return now.executor ~= before.executor or (now.executorInMemory and not before.executorInMemory)
end

function M.on_status(_, params, ctx)
  local before = last[ctx.client_id] or {}
  last[ctx.client_id] = params
  vim.cmd.redrawstatus()
  if is_readier(before, params) then
    require('tandem.inline').ready(ctx.client_id)
  end
end

--- What the client's server last said of itself, or nil.
function M.of_client(client_id)
  return last[client_id]
end

--- The same for the server of `bufnr`, and its client, or nil.
function M.of(bufnr)
  local client = require('tandem.client').of(bufnr)
  return client and last[client.id], client
end

local function working()
  local work = require('tandem.progress').newest()
  if not work then
    return nil
  end
  local percent = work.percent and (' (%d of 100)'):format(work.percent) or ''
  return (work.message or work.title) .. percent
end

local function resting(status)
  if not status then
    return 'starting'
  end
  return status.state == 'ready' and status.executor or status.state
end

--- A short text for the status line of the current buffer; empty where Tandem is not attached.
---
--- It never holds a percent sign, which the status line would read as an item.
function M.component()
  local status, client = M.of(vim.api.nvim_get_current_buf())
  if not client then
    return ''
  end
  return 'Tandem: ' .. ((working() or resting(status)):gsub('%%', ''))
end

return M
