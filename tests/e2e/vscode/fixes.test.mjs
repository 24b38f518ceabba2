// From a problem to a proven fix by clicks, in a real workbench with the real server and scripted models.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ollama, tandem } from './tandem.mjs';
import { inWorkbench, until } from './workbench.mjs';

const UNKNOWN_NAME = 'def total(items):\n    return add_all(items)\n';
const fenced = (code) => `\`\`\`python\n${code}\`\`\``;
const WRONG = fenced('def total(items):\n    return add_every(items)\n');
const RIGHT = fenced('def total(items):\n    return sum(items)\n');

test('a fix that is right after one reflection', { timeout: 240000 }, async (t) => {
  const server = tandem();
  const ollama = await new Ollama({ '*': [{ kind: 'chat', say: [WRONG, RIGHT] }] }).start();
  t.after(() => ollama.stop());
  const files = { 'total.py': UNKNOWN_NAME };
  const settings = { 'tandem.server.path': server.path };
  await inWorkbench({ files, settings, environment: { OLLAMA_HOST: ollama.url }, name: 'reflected-fix' }, async (bench) => {
    await bench.seesEngine('glm-4.7-flash');
    await bench.openFile('total.py');
    await bench.goTo(2, 14);

    await t.test('is chosen from the menu by a click and lands without a wrong step', async () => {
      await bench.press('Control+.');
      const item = bench.page.locator('.action-widget .action', { hasText: 'Fix all problems in this file' });
      await item.first().waitFor();
      await bench.picture('fix-menu');
      await item.first().click();
      await bench.seesText('return sum(items)');
    });

    await t.test('is undone in one step and done again in one', async () => {
      await bench.press('Control+z');
      await bench.seesText('return add_all(items)');
      await bench.press('Control+y');
      await bench.seesText('return sum(items)');
      await until('the whole text', async () => (await bench.lines()).length >= 2);
      assert.doesNotMatch(await bench.text(), /add_every/);
    });
  });
});
