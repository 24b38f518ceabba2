--- What the server says of itself, in words; and pulling what is missing.
local client_of = require('tandem.client')
local compat = require('tandem.compat')
local notify = require('tandem.notify')
local wire = require('tandem.wire')

local M = {}

--- A value of the detail as text; empty where it says nothing.
local function shown(value)
  if type(value) ~= 'table' then
    return value == vim.NIL and '' or tostring(value)
  end
  if vim.tbl_isempty(value) then
    return ''
  end
  return vim.islist(value) and table.concat(vim.tbl_map(shown, value), ', ') or vim.json.encode(value)
end

--- `status` (the params of tandem/status) as lines for a person; empty when there is none yet.
---@return string[]
function M.lines(status)
  if not status then
    return {}
  end
  local lines = {
    'completes and fixes: ' .. status.executor,
    'answers questions: ' .. status.planner,
    'state: ' .. status.state,
  }
  local names = vim.tbl_keys(status.detail or {})
  table.sort(names)
  for _, name in ipairs(names) do
    local value = shown(status.detail[name])
    -- A problem is told in a notice, with what to do about it.
    if value ~= '' and name ~= 'problem' then
      lines[#lines + 1] = ('%s: %s'):format((name:gsub('_', ' ')), value)
    end
  end
  for _, notice in ipairs(status.notices or {}) do
    lines[#lines + 1] = vim.trim(notice.sentence .. ' ' .. (notice.advice or ''))
  end
  return lines
end

--- Show the status of the current buffer's server.
function M.show()
  local status, client = require('tandem.status').of(vim.api.nvim_get_current_buf())
  if not client then
    client_of.need(vim.api.nvim_get_current_buf())
    return
  end
  local lines = M.lines(status)
  notify.info(#lines > 0 and table.concat(lines, '\n') or 'the server has said nothing of its models yet')
end

--- Models that the server misses, by its notices.
local function missing(status)
  local names = {}
  for _, notice in ipairs(status and status.notices or {}) do
    if notice.missing and notice.missing ~= '' then
      names[#names + 1] = notice.missing
    end
  end
  return names
end

local function pull(client, name)
  compat.request(client, 'workspace/executeCommand', { command = wire.pull, arguments = { { model = name } } }, function(err)
    if err then
      notify.error(err.message)
    end
  end)
end

--- Pull the model `name`, or let the user choose among those that are missing.
function M.pull(name)
  local client = client_of.need(vim.api.nvim_get_current_buf())
  if not client then
    return
  end
  if name ~= '' then
    pull(client, name)
    return
  end
  local names = missing(require('tandem.status').of_client(client.id))
  if #names == 0 then
    notify.info('no model is missing; :Tandem pull NAME pulls any other')
    return
  end
  vim.ui.select(names, { prompt = 'Pull which model?' }, function(choice)
    if choice then
      pull(client, choice)
    end
  end)
end

return M
