--- The split that an answer streams into: one scratch buffer an answer, reasoning folded.
local answers = require('tandem.answer')
local config = require('tandem.config')

local M = {}

---@class tandem.View
---@field bufnr integer
---@field answer tandem.Answer
---@field on_key { stop: fun(), follow_up: fun() }
---@field timer uv.uv_timer_t

--- Where the reasoning stands, by buffer; the fold expression asks here.
local reasoning = {}

local FLUSH_MS = 50

--- The fold level of a line: the reasoning is one fold.
function M.fold(number)
  local span = reasoning[vim.api.nvim_get_current_buf()]
  return span and number >= span[1] and number <= span[2] and 1 or 0
end

function M.fold_text()
  local count = vim.v.foldend - vim.v.foldstart + 1
  return ('▸ Reasoning, %d %s (zo opens)'):format(count, count == 1 and 'line' or 'lines')
end

local function open_window(bufnr)
  local ask = config.current.ask
  if ask.split == 'tab' then
    vim.cmd('tab sbuffer ' .. bufnr)
  elseif ask.split == 'below' then
    vim.cmd(('belowright %dsplit'):format(ask.height))
  else
    vim.cmd(('botright %dvsplit'):format(math.min(ask.width, math.floor(vim.o.columns / 2))))
  end
  vim.api.nvim_win_set_buf(0, bufnr)
  return vim.api.nvim_get_current_win()
end

local function style(window)
  local options = {
    wrap = true,
    linebreak = true,
    number = false,
    relativenumber = false,
    signcolumn = 'no',
    foldmethod = 'expr',
    foldexpr = "v:lua.require'tandem.view'.fold(v:lnum)",
    foldtext = "v:lua.require'tandem.view'.fold_text()",
    foldenable = true,
    foldlevel = 0,
    foldminlines = 0,
    fillchars = 'fold: ',
    conceallevel = 2,
  }
  for name, value in pairs(options) do
    vim.api.nvim_set_option_value(name, value, { win = window, scope = 'local' })
  end
end

local function root_of(origin)
  local client = require('tandem.client').of(origin)
  return client and client.root_dir or vim.uv.cwd()
end

local function follow_link(origin)
  local column = vim.api.nvim_win_get_cursor(0)[2] + 1
  local path, number = answers.link_at(vim.api.nvim_get_current_line(), column)
  if not path then
    return
  end
  path = vim.startswith(path, 'file:') and vim.uri_to_fname(path) or path
  if not vim.startswith(path, '/') then
    path = vim.fs.joinpath(root_of(origin), path)
  end
  if not vim.uv.fs_stat(path) then
    require('tandem.notify').warn(path .. ' does not exist')
    return
  end
  vim.cmd.wincmd('p')
  vim.cmd.edit(vim.fn.fnameescape(path))
  if number then
    local last = vim.api.nvim_buf_line_count(0)
    vim.api.nvim_win_set_cursor(0, { math.min(number, last), 0 })
  end
end

local function map_keys(view, origin)
  local function map(key, act, desc)
    vim.keymap.set('n', key, act, { buffer = view.bufnr, desc = 'Tandem: ' .. desc, nowait = true })
  end
  map('q', '<Cmd>close<CR>', 'close the answer')
  map('<C-c>', view.on_key.stop, 'stop the answer')
  map('a', view.on_key.follow_up, 'ask a follow-up question')
  map('<CR>', function()
    follow_link(origin)
  end, 'open the file under the cursor')
end

--- Open a view of `answer` in a split; the cursor stays where the user types.
---@return tandem.View
function M.open(answer, origin, on_key)
  local bufnr = vim.api.nvim_create_buf(false, true)
  vim.bo[bufnr].bufhidden = 'hide'
  vim.bo[bufnr].filetype = 'markdown'
  vim.api.nvim_buf_set_name(bufnr, 'tandem-answer://' .. bufnr)
  local view = { bufnr = bufnr, answer = answer, on_key = on_key, timer = assert(vim.uv.new_timer()) }
  local before = vim.api.nvim_get_current_win()
  style(open_window(bufnr))
  vim.api.nvim_set_current_win(before)
  map_keys(view, origin)
  M.draw(view)
  vim.api.nvim_create_autocmd('BufWipeout', {
    buffer = bufnr,
    callback = function()
      reasoning[bufnr] = nil
      on_key.stop()
    end,
  })
  return view
end

--- Show the buffer of an earlier answer again.
function M.reopen(bufnr)
  local window = vim.fn.bufwinid(bufnr)
  if window ~= -1 then
    vim.api.nvim_set_current_win(window)
  else
    style(open_window(bufnr))
  end
end

local function first_difference(old, new)
  for index = 1, math.min(#old, #new) do
    if old[index] ~= new[index] then
      return index - 1
    end
  end
  return math.min(#old, #new)
end

--- Windows whose cursor stands on the last line follow the stream; a reader who scrolled up is left alone.
local function followers(bufnr)
  local last = vim.api.nvim_buf_line_count(bufnr)
  return vim.tbl_filter(function(window)
    return vim.api.nvim_win_get_cursor(window)[1] == last
  end, vim.fn.win_findbuf(bufnr))
end

--- Bring the buffer up to date now, replacing only what changed.
function M.draw(view)
  if not vim.api.nvim_buf_is_valid(view.bufnr) then
    return
  end
  local lines, span = answers.lines(view.answer)
  local old = vim.api.nvim_buf_get_lines(view.bufnr, 0, -1, false)
  local start = first_difference(old, lines)
  local following = followers(view.bufnr)
  reasoning[view.bufnr] = span
  vim.bo[view.bufnr].modifiable = true
  vim.api.nvim_buf_set_lines(view.bufnr, start, -1, false, vim.list_slice(lines, start + 1))
  vim.bo[view.bufnr].modifiable = false
  vim.bo[view.bufnr].modified = false
  for _, window in ipairs(following) do
    vim.api.nvim_win_set_cursor(window, { #lines, 0 })
    vim.api.nvim_win_call(window, function()
      vim.cmd('normal! zx')
    end)
  end
end

--- Bring the buffer up to date soon; many parts share one redraw.
function M.draw_soon(view)
  if view.timer:is_active() then
    return
  end
  view.timer:start(FLUSH_MS, 0, vim.schedule_wrap(function()
    M.draw(view)
  end))
end

--- The stream is over: draw what is left and let the timer go.
function M.finish(view)
  if not view.timer:is_closing() then
    view.timer:stop()
    view.timer:close()
  end
  M.draw(view)
end

return M
