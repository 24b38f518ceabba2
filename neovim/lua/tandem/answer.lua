--- An answer as data, and how it reads as lines of Markdown.
local M = {}

---@class tandem.Answer
---@field question string
---@field thinking string
---@field text string
---@field notes string[]
---@field state 'waiting'|'streaming'|'done'|'stopped'|'failed'
---@field failure string|nil

---@return tandem.Answer
function M.new(question)
  return { question = question, thinking = '', text = '', notes = {}, state = 'waiting' }
end

--- Add one part of the stream: { kind = 'thinking'|'text'|'note', text = string }.
function M.add(answer, part)
  answer.state = 'streaming'
  if part.kind == 'note' then
    answer.notes[#answer.notes + 1] = part.text
  elseif part.kind == 'thinking' then
    answer.thinking = answer.thinking .. part.text
  else
    answer.text = answer.text .. part.text
  end
end

local function split(text)
  return vim.split((text:gsub('\r\n', '\n')), '\n', { plain = true })
end

local function last_line(answer)
  if answer.state == 'waiting' then
    return '*Thinking …*'
  elseif answer.state == 'stopped' then
    return '*Stopped.*'
  elseif answer.state == 'failed' then
    return '**' .. answer.failure .. '**'
  end
end

--- The lines to show, and the first and last line (from 1) of the reasoning, or nil.
---@return string[] lines
---@return { [1]: integer, [2]: integer }|nil reasoning
function M.lines(answer)
  local lines, reasoning = { '# ' .. (answer.question:gsub('%s+', ' ')), '' }, nil
  local thinking = vim.trim(answer.thinking)
  if thinking ~= '' then
    local thoughts = split(thinking)
    reasoning = { #lines + 1, #lines + #thoughts }
    vim.list_extend(lines, thoughts)
    lines[#lines + 1] = ''
  end
  vim.list_extend(lines, split(answer.text))
  for _, note in ipairs(answer.notes) do
    lines[#lines + 1] = ''
    for _, line in ipairs(split(vim.trim(note))) do
      lines[#lines + 1] = '> ' .. line
    end
  end
  local state = last_line(answer)
  if state then
    vim.list_extend(lines, { '', state })
  end
  return lines, reasoning
end

--- The link around `column` (from 1) of `line` as file and line, or nil: a Markdown link to a file, or `path:12`.
---@return string|nil path
---@return integer|nil number
function M.link_at(line, column)
  local from = 1
  while true do
    local first, last, target = line:find('%[[^%]]*%]%(([^)%s]+)%)', from)
    if not first then
      break
    end
    if column >= first and column <= last then
      local path, number = target:match('^(.-)#L(%d+)')
      return path or target, tonumber(number)
    end
    from = last + 1
  end
  for first, path, number, last in line:gmatch('()([%w_%.%-/\\]+%.%w+):?(%d*)()') do
    if column >= first and column < last then
      return path, tonumber(number)
    end
  end
end

return M
