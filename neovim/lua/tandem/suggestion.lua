--- A suggestion as plain data, and what typing makes of it. Columns are bytes, rows count from 0.
local compat = require('tandem.compat')

local M = {}

---@class tandem.Place
---@field row integer
---@field column integer
---@field line string The text of its row.

---@class tandem.Suggestion
---@field row integer Where its text begins.
---@field column integer
---@field text string
---@field replaces string What stood between the cursor and the end of its range.
---@field item table The item as the server sent it.

--- The server's item as a suggestion for the cursor at `place`, or nil where its range leaves that line.
---@param place tandem.Place
---@return tandem.Suggestion|nil
function M.read(item, place, encoding)
  local first, last = place.column, place.column
  if item.range then
    if item.range.start.line ~= place.row or item.range['end'].line ~= place.row then
      return nil
    end
    first = compat.byte_column(place.line, item.range.start.character, encoding)
    last = math.max(place.column, compat.byte_column(place.line, item.range['end'].character, encoding))
  end
  local text = type(item.insertText) == 'string' and item.insertText or item.insertText.value
  return {
    row = place.row,
    column = first,
    text = (text:gsub('\r\n', '\n')),
    replaces = place.line:sub(place.column + 1, last),
    item = item,
  }
end

--- What of `suggestion` is still to come after `typed`, the text from its start to the cursor.
---
--- Returns nil when the user typed something else, or when the text behind the cursor, `behind`,
--- no longer begins with what the suggestion replaces.
---@param suggestion tandem.Suggestion
---@return string|nil
function M.remainder(suggestion, typed, behind)
  local text = suggestion.text
  if #typed >= #text or text:sub(1, #typed) ~= typed then
    return nil
  end
  if behind:sub(1, #suggestion.replaces) ~= suggestion.replaces then
    return nil
  end
  return text:sub(#typed + 1)
end

--- The next word of `rest`: the blanks before it and one run of word characters or of others.
---@return string
function M.next_word(rest)
  local blanks = rest:match('^[ \t]*')
  local after = rest:sub(#blanks + 1)
  if after:sub(1, 1) == '\n' then
    return blanks .. after:match('^\n[ \t]*')
  end
  local word = after:match('^[%w_\128-\255]+') or after:match('^[^%w_%s\128-\255]+') or after:sub(1, 1)
  return blanks .. word
end

--- The rest of the line that `rest` begins on; where that is empty, the whole next line.
---@return string
function M.next_line(rest)
  return rest:match('^[^\n]+') or rest:match('^\n[^\n]*') or rest
end

return M
