--- The client object's methods, which became real methods in Neovim 0.11.
local M = {}

local methods = vim.fn.has('nvim-0.11') == 1

--- Send a request; returns its id, or nil when the server is gone.
function M.request(client, method, params, handler, bufnr)
  local sent, id
  if methods then
    sent, id = client:request(method, params, handler, bufnr)
  else
    sent, id = client.request(method, params, handler, bufnr)
  end
  return sent and id or nil
end

--- Cancel a request that is under way; one that is already answered is left alone.
function M.cancel(client, id)
  if methods then
    client:cancel_request(id)
  else
    client.cancel_request(id)
  end
end

function M.notify(client, method, params)
  if methods then
    return client:notify(method, params)
  end
  return client.notify(method, params)
end

function M.stop(client)
  if methods then
    client:stop()
  else
    client.stop()
  end
end

function M.supports(client, method, bufnr)
  if methods then
    return client:supports_method(method, bufnr)
  end
  return client.supports_method(method, { bufnr = bufnr })
end

--- A byte column of `line` as a column of the protocol; past the end it is the end.
function M.protocol_column(line, column, encoding)
  column = math.min(column, #line)
  if encoding == 'utf-8' then
    return column
  end
  if methods then
    return vim.str_utfindex(line, encoding, column, false)
  end
  local units32, units16 = vim.str_utfindex(line, column)
  return encoding == 'utf-16' and units16 or units32
end

--- A column of the protocol as a byte column of `line`; past the end it is the end.
function M.byte_column(line, column, encoding)
  if encoding == 'utf-8' then
    return math.min(column, #line)
  end
  if methods then
    return vim.str_byteindex(line, encoding, column, false)
  end
  local units = encoding == 'utf-16'
  local last32, last16 = vim.str_utfindex(line)
  return vim.str_byteindex(line, math.min(column, units and last16 or last32), units)
end

return M
