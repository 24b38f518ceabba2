// From nothing to the first ghost text: one install, no settings. Prints how long it took, and the activation.

import { test } from 'node:test';
import { CART, NO_OLLAMA } from './tandem.mjs';
import { inWorkbench, until } from './workbench.mjs';

test('the extension installs its server and offers text', { timeout: 240000 }, async () => {
  const files = { 'cart.py': CART, '.git/HEAD': 'ref: refs/heads/main\n' };
  // Before the tree's own packages, so that the environment it makes must hold all that it needs.
  const environment = { OLLAMA_HOST: NO_OLLAMA, PYTHONPATH: '' };
  await inWorkbench({ files, environment, name: 'first-use' }, async (bench) => {
    const began = Date.now();
    await bench.page.locator('.notification-toast', { hasText: 'installing the server' }).waitFor();
    await bench.picture('first-use-installing');
    await bench.statusItem().filter({ hasText: 'built-in' }).waitFor({ timeout: 180000 });
    await bench.openFile('cart.py');
    await bench.press('Control+End');
    await bench.type('\n    def total_volume(self, items):\nreturn sum(item.pr');
    await bench.seesGhost('ice');
    const seconds = (Date.now() - began) / 1000;
    await bench.picture('first-use-ghost');
    console.log(`first ghost text after ${seconds.toFixed(1)} s`);

    const activation = bench.page
      .locator('.runtime-extensions-editor .monaco-list-row', { hasText: 'tandem' })
      .first()
      .locator('.activation-time');
    // The view draws what the extension host had told when it was opened.
    await until('the time of activation', async () => {
      await bench.command('Developer: Show Running Extensions');
      return activation.waitFor({ timeout: 5000 }).then(() => true, () => false);
    }, 60000);
    console.log(`what VS Code measured: ${(await activation.textContent()).trim()}`);
  });
});
