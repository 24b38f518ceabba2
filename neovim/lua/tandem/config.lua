--- What the user can set, with the defaults.
local M = {}

---@class tandem.Keys
---@field accept string|false Takes the whole suggestion.
---@field accept_word string|false Takes the next word of it.
---@field accept_line string|false Takes the rest of its line.
---@field dismiss string|false Hides it until the next key.
---@field trigger string|false Asks for one now.

---@class tandem.Config
---@field cmd string[] How the server is started.
---@field filetypes string[]|nil Where Tandem attaches; nil means every file.
---@field root_markers string[] What makes a folder the root of a workspace.
---@field settings table The settings of the server, as in tandem.yaml.
---@field trusted boolean|string[] Roots whose own configuration may be read; true means all.
---@field inline { enabled: boolean, debounce_ms: integer, implementation: 'auto'|'native'|'own' }
---@field keys tandem.Keys
---@field ask { split: 'right'|'below'|'tab', width: integer, height: integer }
---@field restarts integer How often a server that dies is started again within three minutes.

---@type tandem.Config
local defaults = {
  cmd = { 'tandem-ls' },
  filetypes = nil,
  root_markers = {
    'tandem.yaml',
    '.git',
    'pyproject.toml',
    'package.json',
    'go.mod',
    'Cargo.toml',
    'pom.xml',
    'compile_commands.json',
  },
  settings = {},
  trusted = {},
  inline = { enabled = true, debounce_ms = 30, implementation = 'auto' },
  keys = {
    accept = '<Tab>',
    accept_word = '<M-Right>',
    accept_line = '<M-C-Right>',
    dismiss = '<C-]>',
    trigger = '<M-Bslash>',
  },
  ask = { split = 'right', width = 80, height = 20 },
  restarts = 3,
}

---@type tandem.Config
M.current = vim.deepcopy(defaults)

local function unknown_keys(given, known, path, found)
  for key, value in pairs(given) do
    local name = path .. tostring(key)
    if known[key] == nil and name ~= 'filetypes' then
      found[#found + 1] = name
    elseif type(value) == 'table' and type(known[key]) == 'table' and not vim.islist(known[key]) then
      if name ~= 'settings' and name ~= 'trusted' then
        unknown_keys(value, known[key], name .. '.', found)
      end
    end
  end
  return found
end

--- Merge what the user gave into the defaults; says what it does not know and goes on without it.
---@param given table|nil
---@return tandem.Config
function M.apply(given)
  given = given or {}
  local unknown = unknown_keys(given, defaults, '', {})
  if #unknown > 0 then
    table.sort(unknown)
    require('tandem.notify').warn(
      ('setup() does not know %s; see :help tandem-setup'):format(table.concat(unknown, ', '))
    )
  end
  M.current = vim.tbl_deep_extend('force', vim.deepcopy(defaults), given)
  return M.current
end

return M
