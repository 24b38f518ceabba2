--- Questions that were answered with nothing: who could not answer then may be ready a moment later.
local insertion = require('tandem.insertion')

local M = {}

---@class tandem.Vain
---@field client_id integer
---@field tick integer The buffer's changedtick, so that other text is another question.
---@field place tandem.Place
---@field invoked boolean Whether the user asked by key.

---@type table<integer, tandem.Vain>
local asked = {}

--- Note that what was asked at the cursor got no text.
function M.note(bufnr, client_id, invoked)
  asked[bufnr] = {
    client_id = client_id,
    tick = vim.api.nvim_buf_get_changedtick(bufnr),
    place = insertion.here(bufnr),
    invoked = invoked,
  }
end

--- Something newer was asked, or the user wants no text here.
function M.forget(bufnr)
  asked[bufnr] = nil
end

--- The question of `bufnr`, the current buffer, to `client_id`, if the user still waits where it was asked.
---@return tandem.Vain|nil
function M.of(bufnr, client_id)
  local question = asked[bufnr]
  if not question or question.client_id ~= client_id or question.tick ~= vim.api.nvim_buf_get_changedtick(bufnr) then
    return nil
  end
  local is_typing = vim.api.nvim_get_mode().mode:sub(1, 1) == 'i' and vim.fn.pumvisible() == 0
  if not is_typing or not vim.deep_equal(question.place, insertion.here(bufnr)) then
    return nil
  end
  return question
end

return M
