if vim.g.loaded_tandem then
  return
end
vim.g.loaded_tandem = true

if vim.fn.has('nvim-0.10') == 0 then
  vim.notify('Tandem needs Neovim 0.10 or newer', vim.log.levels.ERROR)
  return
end

vim.api.nvim_create_user_command('Tandem', function(command)
  require('tandem.commands').run(command)
end, {
  nargs = '+',
  range = true,
  desc = 'Tandem: ask, fix, rewrite and more',
  complete = function(...)
    return require('tandem.commands').complete(...)
  end,
})
