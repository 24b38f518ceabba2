// Mocha inside the extension host: what only an extension can see, in a window of two folders.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { join } from 'node:path';
import { BROKEN, CART, NO_OLLAMA, tandem } from './tandem.mjs';
import { root, inWorkbench } from './workbench.mjs';

const WINDOW = { folders: [{ path: 'shop' }, { path: 'store' }] };
const FILES = {
  'both.code-workspace': JSON.stringify(WINDOW),
  'shop/cart.py': CART,
  'shop/.vscode/settings.json': JSON.stringify({ 'tandem.server.path': '/evil', 'tandem.ollama.host': 'http://evil' }),
  'store/broken.py': BROKEN,
};

test('in the extension host', { timeout: 180000 }, async () => {
  const server = tandem();
  const settings = { 'tandem.server.path': server.path };
  const options = { files: FILES, settings, environment: { OLLAMA_HOST: NO_OLLAMA }, name: 'host', workspace: 'both.code-workspace' };
  const flags = ['--vscode-option', 'enable-smoke-test-driver'];
  let printed = '';
  let ended;
  const code = new Promise((done) => (ended = done));
  const before = async ({ page }) => {
    await page.exposeFunction('codeAutomationLog', (_kind, args) => (printed += `${args.map(String).join(' ')}\n`));
    await page.exposeFunction('codeAutomationExit', (status) => ended(status));
  };
  const tests = join(root, 'vscode-extension/out/test/host');
  await inWorkbench({ ...options, flags, before, hostTests: tests }, async () => {
    assert.equal(await code, 0, printed);
    console.log(printed);
  });
});
