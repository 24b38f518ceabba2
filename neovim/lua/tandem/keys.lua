--- The keys of insert mode; each does what it did before when there is nothing to take.
local config = require('tandem.config')
local inline = require('tandem.inline')

local M = {}

local function feed(keys, mode)
  vim.api.nvim_feedkeys(vim.api.nvim_replace_termcodes(keys, true, true, true), mode, false)
end

--- What `key` did before it was ours: another mapping of the user or of a plugin, or the plain key.
local function earlier(key)
  local mapping = vim.fn.maparg(key, 'i', false, true)
  if vim.tbl_isempty(mapping) then
    return function()
      feed(key, 'ni')
    end
  end
  local mode = mapping.noremap == 1 and 'ni' or 'mi'
  return function()
    local result = mapping.rhs
    if mapping.callback then
      result = mapping.callback()
    elseif mapping.expr == 1 then
      result = vim.api.nvim_eval(mapping.rhs)
    end
    if result and (mapping.expr == 1 or not mapping.callback) then
      feed(result, mode)
    end
  end
end

local function map(key, act, desc)
  local otherwise = earlier(key)
  vim.keymap.set('i', key, function()
    if not act() then
      otherwise()
    end
  end, { desc = desc, silent = true })
end

--- Map what config.keys names; a key that is false is left alone.
function M.map()
  local keys = config.current.keys
  local wanted = {
    { keys.accept, inline.accept, 'Tandem: take the suggestion' },
    { keys.accept_word, inline.accept_word, 'Tandem: take the next word of the suggestion' },
    { keys.accept_line, inline.accept_line, 'Tandem: take the rest of the suggested line' },
    { keys.dismiss, inline.dismiss, 'Tandem: hide the suggestion' },
    { keys.trigger, inline.trigger, 'Tandem: suggest now' },
  }
  for _, entry in ipairs(wanted) do
    if entry[1] then
      map(entry[1], entry[2], entry[3])
    end
  end
end

return M
