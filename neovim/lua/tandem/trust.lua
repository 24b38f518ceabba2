--- Which roots may bring their own configuration; none may unless the user says so.
local config = require('tandem.config')

local M = {}

local function file()
  return vim.fs.joinpath(vim.fn.stdpath('data'), 'tandem', 'trusted.json')
end

local function remembered()
  local handle = io.open(file(), 'r')
  if not handle then
    return {}
  end
  local text = handle:read('*a')
  handle:close()
  local read, roots = pcall(vim.json.decode, text)
  if read and type(roots) == 'table' then
    return roots
  end
  require('tandem.notify').warn(file() .. ' is not JSON, so no folder in it is trusted')
  return {}
end

--- Whether `root` is trusted, by setup() or by `:Tandem trust`.
function M.is_trusted(root)
  local trusted = config.current.trusted
  if trusted == true then
    return true
  end
  if not root then
    return false
  end
  root = vim.fs.normalize(root)
  for _, known in ipairs(vim.list_extend(remembered(), trusted or {})) do
    if vim.fs.normalize(known) == root then
      return true
    end
  end
  return false
end

--- Remember `root` as trusted.
function M.trust(root)
  local roots = remembered()
  roots[#roots + 1] = vim.fs.normalize(root)
  vim.fn.mkdir(vim.fs.dirname(file()), 'p')
  local handle = assert(io.open(file(), 'w'))
  handle:write(vim.json.encode(roots))
  handle:close()
end

return M
