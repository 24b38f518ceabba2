--- Starts the server and keeps it: one client a root.
local compat = require('tandem.compat')
local config = require('tandem.config')
local notify = require('tandem.notify')
local wire = require('tandem.wire')

local M = {}

--- Clients that the user stopped; their end is no failure.
local leaving = {}

--- When servers died, in seconds, so that one that dies at once is not started for ever.
local deaths = {}

local WINDOW_SECONDS = 180

--- The client that serves `bufnr`, or nil.
function M.of(bufnr)
  return vim.lsp.get_clients({ name = wire.client, bufnr = bufnr })[1]
end

--- The client of `bufnr`, else any of ours; says so when there is none.
function M.need(bufnr)
  local client = M.of(bufnr) or vim.lsp.get_clients({ name = wire.client })[1]
  if not client then
    notify.warn('no server is attached here; :checkhealth tandem tells why')
  end
  return client
end

local function may_restart()
  local now = vim.uv.now() / 1000
  deaths[#deaths + 1] = now
  deaths = vim.tbl_filter(function(when)
    return now - when < WINDOW_SECONDS
  end, deaths)
  return #deaths <= config.current.restarts
end

local function on_exit(code, signal, client_id)
  require('tandem.progress').forget(client_id)
  require('tandem.ask').forget(client_id)
  require('tandem.inline').forget(client_id)
  if leaving[client_id] or vim.v.exiting ~= vim.NIL then
    leaving[client_id] = nil
    return
  end
  local how = signal ~= 0 and ('by signal %d'):format(signal) or ('with code %d'):format(code)
  if not may_restart() then
    notify.error(('the server ended %s again and again; :Tandem log shows why, :Tandem restart tries once more'):format(how))
    return
  end
  notify.warn(('the server ended %s; it is started again'):format(how))
  -- Neovim still lists the dead client while it calls this.
  vim.defer_fn(M.attach_all, 100)
end

local function on_attach(client, bufnr)
  require('tandem.inline').attach(client, bufnr)
end

local function handlers()
  local progress = require('tandem.progress')
  return {
    ['$/progress'] = progress.on_progress,
    ['window/showMessage'] = notify.on_message,
    [wire.diagnostics] = require('tandem.problems').on_diagnostics,
    [wire.status] = require('tandem.status').on_status,
    [wire.question] = require('tandem.ask').on_question,
  }
end

--- What Neovim announces of its own, and what this plugin adds to it.
local function capabilities()
  local ours = {
    textDocument = { inlineCompletion = { dynamicRegistration = false } },
    experimental = { tandem = { diagnostics = true, questions = true } },
  }
  return vim.tbl_deep_extend('force', vim.lsp.protocol.make_client_capabilities(), ours)
end

--- The configuration of the client, as vim.lsp.config and vim.lsp.start take it.
function M.definition()
  return {
    name = wire.client,
    cmd = config.current.cmd,
    filetypes = config.current.filetypes,
    root_markers = config.current.root_markers,
    settings = { tandem = config.current.settings },
    before_init = function(params, definition)
      local options = vim.deepcopy(config.current.settings)
      options.trusted = require('tandem.trust').is_trusted(definition.root_dir)
      params.initializationOptions = options
    end,
    capabilities = capabilities(),
    handlers = handlers(),
    on_attach = on_attach,
    on_exit = vim.schedule_wrap(on_exit),
  }
end

--- Attach by hand to one buffer, as Neovim 0.10 needs it.
local function attach(bufnr)
  local wanted = config.current.filetypes
  local is_file = vim.bo[bufnr].buftype == '' and vim.api.nvim_buf_get_name(bufnr) ~= ''
  if not is_file or (wanted and not vim.tbl_contains(wanted, vim.bo[bufnr].filetype)) then
    return
  end
  local definition = M.definition()
  definition.root_dir = vim.fs.root(bufnr, config.current.root_markers)
    or vim.fs.dirname(vim.api.nvim_buf_get_name(bufnr))
  vim.lsp.start(definition, { bufnr = bufnr })
end

--- Start the server for the files that are open and those that will be.
function M.enable()
  if vim.fn.executable(config.current.cmd[1]) == 0 then
    notify.warn(("'%s' is not installed; :help tandem-install tells how"):format(config.current.cmd[1]))
    return
  end
  if vim.lsp.config and vim.lsp.enable then
    vim.lsp.config(wire.client, M.definition())
    vim.lsp.enable(wire.client)
    return
  end
  vim.api.nvim_create_autocmd('FileType', {
    group = vim.api.nvim_create_augroup('tandem.attach', {}),
    callback = function(event)
      attach(event.buf)
    end,
  })
  M.attach_all()
end

--- Attach to every file that is open.
function M.attach_all()
  if vim.lsp.enable then
    vim.lsp.enable(wire.client)
    return
  end
  for _, bufnr in ipairs(vim.api.nvim_list_bufs()) do
    if vim.api.nvim_buf_is_loaded(bufnr) then
      attach(bufnr)
    end
  end
end

local GIVE_UP_MS = 3000

local function wait_for_end(clients, finish)
  local started = vim.uv.now()
  local function look()
    local alive = vim.tbl_filter(function(client)
      return vim.lsp.get_client_by_id(client.id) ~= nil
    end, clients)
    if #alive == 0 then
      finish()
    elseif vim.uv.now() - started > GIVE_UP_MS then
      notify.error('the old server does not end; end its process, then :Tandem restart')
    else
      vim.defer_fn(look, 50)
    end
  end
  look()
end

--- End the server and start it anew, with the settings as they are now.
function M.restart()
  deaths = {}
  local clients = vim.lsp.get_clients({ name = wire.client })
  for _, client in ipairs(clients) do
    leaving[client.id] = true
    compat.stop(client)
  end
  wait_for_end(clients, M.enable)
end

--- Tell the running servers of changed settings.
function M.push_settings()
  for _, client in ipairs(vim.lsp.get_clients({ name = wire.client })) do
    client.settings = { tandem = config.current.settings }
    compat.notify(client, 'workspace/didChangeConfiguration', { settings = client.settings })
  end
end

return M
