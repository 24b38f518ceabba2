--- :checkhealth tandem
local config = require('tandem.config')
local health = vim.health

local M = {}

local function check_neovim()
  health.start('Neovim')
  local version = tostring(vim.version())
  if vim.fn.has('nvim-0.10') == 0 then
    health.error('Neovim ' .. version .. ' is too old', 'Install 0.10 or newer.')
    return
  end
  local implementation = require('tandem.inline').implementation()
  local whose = implementation == 'native' and "Neovim's own module" or "Tandem's own ghost text"
  health.ok(('Neovim %s; suggestions by %s'):format(version, whose))
end

local REPOSITORY = vim.fn.fnamemodify(debug.getinfo(1, 'S').source:sub(2), ':p:h:h:h:h')

local INSTALL = {
  ('Install it: pipx install %s (or: uv tool install %s)'):format(REPOSITORY, REPOSITORY),
  "Or tell where it is: require('tandem').setup({ cmd = { '/path/to/tandem-ls' } })",
}

local function check_server()
  health.start('Server')
  local cmd = config.current.cmd
  if vim.fn.executable(cmd[1]) == 0 then
    health.error(("'%s' cannot be run"):format(cmd[1]), INSTALL)
    return
  end
  local asked = vim.list_extend(vim.deepcopy(cmd), { '--version' })
  local result = vim.system(asked, { text = true }):wait(10000)
  if result.code == 0 then
    health.ok(('%s: %s'):format(vim.fn.exepath(cmd[1]), vim.trim(result.stdout)))
  else
    local said = vim.trim(result.stderr or '')
    health.error(('%s ends with code %d'):format(table.concat(asked, ' '), result.code), said ~= '' and { said } or nil)
  end
end

local function buffers_of(client)
  local count = 0
  for _ in pairs(client.attached_buffers) do
    count = count + 1
  end
  return count
end

local function check_clients()
  health.start('Workspaces')
  local clients = vim.lsp.get_clients({ name = require('tandem.wire').client })
  if #clients == 0 then
    health.warn('no server is running', 'Open a file; if none starts, call require("tandem").setup() in your configuration.')
  end
  for _, client in ipairs(clients) do
    local trust = require('tandem.trust').is_trusted(client.root_dir) and 'trusted' or 'not trusted'
    health.ok(('%s (%s), %d files open'):format(client.root_dir or 'no root', trust, buffers_of(client)))
  end
end

local function check_models()
  health.start('Models')
  local told = false
  for _, client in ipairs(vim.lsp.get_clients({ name = require('tandem.wire').client })) do
    local status = require('tandem.status').of_client(client.id)
    for _, line in ipairs(require('tandem.report').lines(status)) do
      told = true
      health.info(line)
    end
  end
  if not told then
    health.info('the server has said nothing of its models yet')
  end
end

local function check_keys()
  health.start('Keys')
  for name, key in pairs(config.current.keys) do
    local mapping = key and vim.fn.maparg(key, 'i', false, true) or {}
    if not key then
      health.info(name .. ' has no key')
    elseif mapping.desc and vim.startswith(mapping.desc, 'Tandem') then
      health.ok(('%s: %s'):format(name, key))
    else
      health.warn(
        ('%s: %s belongs to something else now'):format(name, key),
        'Call require("tandem").setup() after the plugin that maps it, or choose another key.'
      )
    end
  end
end

--- Run every check; each says what to do when it fails.
function M.check()
  check_neovim()
  check_server()
  check_clients()
  check_models()
  check_keys()
end

return M
