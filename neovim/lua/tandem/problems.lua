--- What any plugin or server shows as wrong, as the protocol's diagnostics.
---
--- Neovim gives a server its own diagnostics only; Tandem makes none and mends those of all others.
local compat = require('tandem.compat')

local M = {}

local function position(bufnr, line, column, encoding)
  local text = vim.api.nvim_buf_get_lines(bufnr, line, line + 1, false)[1] or ''
  return { line = line, character = compat.protocol_column(text, column, encoding) }
end

local function converted(bufnr, shown, encoding)
  return {
    range = {
      start = position(bufnr, shown.lnum, shown.col, encoding),
      ['end'] = position(bufnr, shown.end_lnum or shown.lnum, shown.end_col or shown.col, encoding),
    },
    message = shown.message,
    severity = shown.severity,
    source = shown.source,
    code = shown.code,
  }
end

--- The diagnostics of a buffer that touch lines `first` to `last`, from 1, in the client's encoding.
function M.on_lines(bufnr, first, last, encoding)
  local found = {}
  for _, shown in ipairs(vim.diagnostic.get(bufnr)) do
    if shown.lnum < last and first <= (shown.end_lnum or shown.lnum) + 1 then
      found[#found + 1] = converted(bufnr, shown, encoding)
    end
  end
  return found
end

--- Answer the server's `tandem/diagnostics`; null where the buffer's version is not known.
function M.on_diagnostics(_, params, ctx)
  local bufnr = vim.uri_to_bufnr(params.textDocument.uri)
  local version = vim.lsp.util.buf_versions[bufnr]
  local client = vim.lsp.get_client_by_id(ctx.client_id)
  if not version or not client then
    return vim.NIL
  end
  local found = M.on_lines(bufnr, 1, vim.api.nvim_buf_line_count(bufnr), client.offset_encoding)
  return { version = version, diagnostics = found }
end

return M
