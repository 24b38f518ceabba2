// What a user does, in a real workbench with the real server behind it.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BROKEN, CART, NO_OLLAMA, Ollama, tandem } from './tandem.mjs';
import { inWorkbench, until } from './workbench.mjs';

const FILES = { 'cart.py': CART, 'broken.py': BROKEN, '.git/HEAD': 'ref: refs/heads/main\n' };

test('without a model', { timeout: 240000 }, async (t) => {
  const server = tandem();
  const environment = { OLLAMA_HOST: NO_OLLAMA };
  const settings = { 'tandem.server.path': server.path };
  await inWorkbench({ files: FILES, settings, environment, name: 'builtin' }, async (bench) => {
    const { page } = bench;
    await bench.seesEngine('built-in');

    await t.test('the built-in engine offers text and Tab takes it', async () => {
      await bench.openFile('cart.py');
      await bench.press('Control+End');
      await bench.type('\n    def total_volume(self, items):\nreturn sum(item.pr');
      await bench.seesGhost('ice');
      await bench.picture('builtin-ghost');
      await bench.press('Tab');
      await until('the accepted text', async () => (await bench.lines()).at(-1).includes('sum(item.price for item in items'));
    });

    await t.test('a problem is fixed by a key and undone in one step', async () => {
      await bench.openFile('broken.py');
      await bench.goTo(1, 5);
      await bench.press('Control+Alt+.');
      await bench.seesText('def broken(items):');
      await bench.picture('builtin-fix');
      await bench.press('Control+z');
      await until('the fault again', async () => (await bench.lines())[0] === 'def broken(items)');
    });

    await t.test('a question is answered with the evidence', async () => {
      await bench.press('Control+Alt+q');
      const input = page.locator('.quick-input-widget .quick-input-box input');
      await input.waitFor({ state: 'visible' });
      await input.fill('Where is the total_price computed?');
      await bench.press('Enter');
      const frame = await bench.askFrame();
      await frame.locator('.answer', { hasText: 'total_price' }).waitFor();
      await frame.locator('a.place', { hasText: 'cart.py' }).first().waitFor();
      await bench.picture('builtin-ask');
    });

    await t.test('a server that is killed comes back', async () => {
      const before = server.pid();
      process.kill(before, 'SIGKILL');
      await until('another process', () => server.pid() !== before);
      await bench.seesEngine('built-in');
    });
  });
});

const RULES = {
  '*': [
    { kind: 'fill', say: 'item.volume for item in items)' },
    { when: 'prices are added', kind: 'chat', say: 'In `cart.py`, by `total_price`.', thinking: 'The cart sums them.' },
    { when: '', kind: 'chat', say: '```python\ndef broken(items):\n    return items\n```' },
  ],
};

async function ask(bench, question) {
  const frame = await bench.askFrame();
  await frame.locator('#question').fill(question);
  await frame.locator('#question').press('Enter');
  return frame;
}

test('with scripted models', { timeout: 300000 }, async (t) => {
  const server = tandem();
  const ollama = await new Ollama(RULES).start();
  t.after(() => ollama.stop());
  const environment = { OLLAMA_HOST: ollama.url };
  const settings = { 'tandem.server.path': server.path };
  await inWorkbench({ files: FILES, settings, environment, name: 'models' }, async (bench) => {
    await bench.seesEngine('glm-4.7-flash');

    await t.test('the executor completes; text is typed through and taken by word', async () => {
      await bench.openFile('cart.py');
      await bench.press('Control+End');
      await bench.type('\n    def total_volume(self, items):\nreturn sum(');
      await bench.seesText('return sum(');
      // Whoever types gets the built-in engine until the model is ready; who asks by key waits for it.
      await bench.press('Alt+Backslash');
      await bench.seesGhost('item.volume');
      await bench.type('ite');
      await bench.seesGhost('m.volume for item in items');
      await bench.press('Control+ArrowRight');
      await bench.picture('models-ghost');
      await bench.press('Tab');
      await until('the line', async () => (await bench.lines()).some((line) => line.includes('sum(item.volume for item in items)')));
    });

    await t.test('the planner answers with its reasoning folded', async () => {
      await bench.command('Tandem: New Conversation');
      const frame = await ask(bench, 'Where is it that the prices are added?');
      await frame.locator('.answer', { hasText: 'by total_price' }).waitFor();
      await frame.locator('summary', { hasText: 'Reasoning, 1 line' }).waitFor();
      await frame.locator('a.place', { hasText: 'cart.py' }).waitFor();
      await bench.picture('models-ask');
    });

    await t.test('without Ollama the built-in engine answers, and the models again when it is back', async () => {
      await ollama.stop();
      await bench.openFile('cart.py');
      await bench.press('Control+End');
      await bench.type('\n');
      await bench.seesEngine('built-in');
      await ollama.start();
      await bench.seesEngine('glm-4.7-flash');
    });
  });
});

const UNKNOWN_NAME = 'def total(items):\n    return add_all(items)\n';
const MENDED = 'def total(items):\n    return sum(items)\n';
const fenced = (code) => `\`\`\`python\n${code}\`\`\``;
// A card of today, its time going by four times faster: a long answer takes some seconds.
const SLOW = ['--machine', 'rtx4090', '--speed', '4'];

test('with a model that takes its time', { timeout: 240000 }, async (t) => {
  const server = tandem();
  const remarks = Array.from({ length: 3000 }, (_, number) => `    # remark ${number}\n`).join('');
  const rules = {
    '*': [
      { when: 'at length', kind: 'chat', say: Array.from({ length: 4000 }, (_, index) => `word${index}`).join(' ') },
      { kind: 'chat', say: [fenced(MENDED), fenced(MENDED + remarks)] },
    ],
  };
  const ollama = await new Ollama(rules, SLOW).start();
  t.after(() => ollama.stop());
  const files = { 'total.py': UNKNOWN_NAME };
  const settings = { 'tandem.server.path': server.path };
  await inWorkbench({ files, settings, environment: { OLLAMA_HOST: ollama.url }, name: 'slow-fix' }, async (bench) => {
    const progress = bench.page.locator('.notification-toast', { hasText: 'Fix' });
    await bench.seesEngine('glm-4.7-flash');

    await t.test('a fix shows its progress and is undone in one step', async () => {
      await bench.openFile('total.py');
      await bench.goTo(2, 14);
      await bench.press('Control+Alt+.');
      await progress.first().waitFor();
      await bench.picture('slow-fix-progress');
      await bench.seesText('return sum(items)');
      await bench.press('Control+z');
      await bench.seesText('return add_all(items)');
    });

    await t.test('a fix that writes tells how far it is, and is cancelled in the middle and changes nothing', async () => {
      await progress.first().waitFor({ state: 'hidden' });
      await bench.goTo(2, 14);
      await bench.press('Control+Alt+.');
      await progress.filter({ hasText: /Round 1 of 3: glm-4.7-flash\S* is writing \(\d+ lines\)/ }).first().waitFor();
      await progress.first().hover();
      await progress.locator('.monaco-button', { hasText: 'Cancel' }).first().click();
      await progress.first().waitFor({ state: 'hidden' });
      assert.match(await bench.text(), /return add_all\(items\)/);
    });

    await t.test('a long answer streams and is stopped', async () => {
      await bench.command('Tandem: New Conversation');
      const frame = await ask(bench, 'Say it at length');
      await frame.locator('.answer', { hasText: 'word20' }).waitFor();
      await frame.locator('#stop').click();
      await frame.locator('.state', { hasText: 'Stopped.' }).waitFor();
      assert.doesNotMatch(await frame.locator('.answer').last().textContent(), /word3999/);
    });
  });
});

test('in an untrusted folder nothing of it is read as configuration', { timeout: 120000 }, async () => {
  const server = tandem();
  const settings = { 'tandem.server.path': server.path, 'security.workspace.trust.startupPrompt': 'never' };
  const files = { ...FILES, 'tandem.yaml': 'completion:\n  enabled: false\n' };
  const options = { files, settings, environment: { OLLAMA_HOST: NO_OLLAMA }, trust: false, name: 'untrusted' };
  await inWorkbench(options, async (bench) => {
    await bench.page.locator('.statusbar-item', { hasText: 'Restricted Mode' }).waitFor();
    await bench.seesEngine('built-in');
    await bench.openFile('cart.py');
    await bench.press('Control+End');
    await bench.type('\n    def total_volume(self, items):\nreturn sum(item.pr');
    await bench.seesGhost('ice');
  });
});
