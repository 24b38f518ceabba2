--- The :Tandem command and its subcommands.
local notify = require('tandem.notify')

local M = {}

---@class tandem.Call
---@field rest string What stands after the subcommand.
---@field range integer[]|nil First and last line, where the command was given a range.

---@type table<string, { run: fun(call: tandem.Call), desc: string }>
local subcommands = {}

local function add(name, desc, run)
  subcommands[name] = { run = run, desc = desc }
end

local function action(name, desc, kinds)
  add(name, desc, function(call)
    require('tandem.actions').run(kinds, call.range)
  end)
end

add('ask', 'Ask about the code; with a range, about those lines', function(call)
  local ask = require('tandem.ask')
  local options = { origin = vim.api.nvim_get_current_buf(), range = call.range }
  if call.rest == '' then
    ask.prompt(options)
  else
    ask.ask(call.rest, options)
  end
end)

action('fix', 'Fix the problem under the cursor', { 'quickfix' })
action('rewrite', 'Rewrite, document or simplify what is selected', { 'refactor' })
action('explain', 'Explain this code in a split', { 'tandem.ask' })
action('actions', 'Everything that Tandem offers here', nil)

add('stop', 'Stop the answer or the task under way', function()
  local stopped = require('tandem.ask').stop() or require('tandem.progress').cancel_newest()
  if not stopped then
    notify.info('nothing is under way')
  end
end)

add('history', 'Show an earlier answer again', function()
  require('tandem.ask').history()
end)

add('status', 'Who answers, and what waits', function()
  require('tandem.report').show()
end)

add('pull', 'Pull a model into Ollama, with progress', function(call)
  require('tandem.report').pull(call.rest)
end)

add('toggle', 'Switch the suggestions in this buffer off or on', function()
  local on = require('tandem.inline').toggle(vim.api.nvim_get_current_buf())
  notify.info('suggestions are ' .. (on and 'on' or 'off') .. ' in this buffer')
end)

add('restart', 'End the server and start it anew', function()
  require('tandem.client').restart()
end)

add('trust', "Let this workspace's own configuration be read", function()
  local client = require('tandem.client').need(vim.api.nvim_get_current_buf())
  local root = client and client.root_dir
  if not root then
    return
  end
  require('tandem.trust').trust(root)
  require('tandem.compat').notify(client, require('tandem.wire').trust, { trusted = true })
  notify.info(root .. ' is trusted now')
end)

add('log', "Show the client's log, where the server's messages are", function()
  vim.cmd.tabnew(vim.fn.fnameescape(vim.lsp.log and vim.lsp.log.get_filename() or vim.lsp.get_log_path()))
end)

add('health', 'Check that everything is in its place', function()
  vim.cmd.checkhealth('tandem')
end)

local function names()
  local all = vim.tbl_keys(subcommands)
  table.sort(all)
  return all
end

--- What :Tandem does.
function M.run(command)
  local name = command.fargs[1]
  local subcommand = subcommands[name]
  if not subcommand then
    notify.error(('there is no :Tandem %s; there are: %s'):format(name, table.concat(names(), ', ')))
    return
  end
  subcommand.run({
    rest = vim.trim(command.args:sub(#name + 1)),
    range = command.range > 0 and { command.line1, command.line2 } or nil,
  })
end

--- The subcommands that begin as typed.
function M.complete(lead, line)
  if line:match('^%S*Tandem%s+%S*%s') then
    return {}
  end
  return vim.tbl_filter(function(name)
    return vim.startswith(name, lead)
  end, names())
end

--- Each subcommand with what it does, for the health check and the tests of the help file.
function M.all()
  return subcommands
end

return M
