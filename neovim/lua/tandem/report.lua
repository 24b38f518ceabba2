--- What the server says of itself, in words; and pulling what is missing.
local client_of = require('tandem.client')
local compat = require('tandem.compat')
local notify = require('tandem.notify')
local wire = require('tandem.wire')

local M = {}

local GIGABYTE = 1e9

--- `sizeOnGpu` and `size_on_gpu` read as `size on gpu`.
local function human_name(name)
  return (name:gsub('_', ' '):gsub('%u', function(letter)
    return ' ' .. letter:lower()
  end))
end

local function sorted_keys(fields)
  local names = vim.tbl_keys(fields)
  table.sort(names)
  return names
end

--- A value of the detail as text; empty where it says nothing.
local function shown(value, name)
  if value == vim.NIL then
    return ''
  elseif type(value) == 'number' and vim.startswith(name or '', 'size') then
    return ('%.1f GB'):format(value / GIGABYTE)
  elseif type(value) ~= 'table' then
    return tostring(value)
  elseif vim.islist(value) then
    return table.concat(vim.tbl_map(shown, value), '; ')
  end
  local parts = {}
  for _, key in ipairs(sorted_keys(value)) do
    parts[#parts + 1] = human_name(key) .. ' ' .. shown(value[key], key)
  end
  return table.concat(parts, ', ')
end

local function is_fields(value)
  return type(value) == 'table' and not vim.islist(value)
end

--- Add one line a field; a field that holds one entry for each model or role gets a line for each.
local function add_lines(lines, name, value)
  if is_fields(value) and vim.iter(value):any(function(_, one)
    return is_fields(one)
  end) then
    for _, key in ipairs(sorted_keys(value)) do
      add_lines(lines, name .. ', ' .. key, value[key])
    end
    return
  end
  local text = shown(value, name)
  if text ~= '' then
    lines[#lines + 1] = human_name(name) .. ': ' .. text
  end
end

--- The server's own sentences; else each field by its name.
local function add_details(lines, detail)
  if detail.summary then
    vim.list_extend(lines, detail.summary)
    return
  end
  for _, name in ipairs(sorted_keys(detail)) do
    -- A problem is told in a notice, with what to do about it.
    if name ~= 'problem' then
      add_lines(lines, name, detail[name])
    end
  end
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
  add_details(lines, status.detail or {})
  for _, notice in ipairs(status.notices or {}) do
    lines[#lines + 1] = vim.trim(notice.sentence .. ' ' .. (notice.advice or ''))
  end
  return lines
end

--- Show the status of the current buffer's server as it is at this moment.
function M.show()
  local last = require('tandem.status').of(vim.api.nvim_get_current_buf())
  local client = client_of.need(vim.api.nvim_get_current_buf())
  if not client then
    return
  end
  compat.request(client, 'workspace/executeCommand', { command = wire.report }, function(_, told)
    local lines = M.lines(type(told) == 'table' and told or last)
    lines[#lines + 1] = notify.shortened and 'said last: ' .. notify.shortened
    notify.info(#lines > 0 and table.concat(lines, '\n') or 'the server has said nothing of its models yet')
  end)
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
