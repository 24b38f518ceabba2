// The extension by itself in a real workbench, against a server that says what it is told to.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scriptedServer } from './scripted.mjs';
import { inWorkbench, until } from './workbench.mjs';

const STATUS = {
  executor: 'glm-4.7-flash',
  planner: 'gpt-oss:20b',
  state: 'ready',
  detail: { in_memory: ['glm-4.7-flash'], tokens_per_second: 41, prefix_reuse: '99 %' },
};

function offer(text, start, end) {
  return { insertText: text, range: { start: { line: 0, character: start }, end: { line: 0, character: end } } };
}

test('a model that becomes ready is asked again without a key', { timeout: 120000 }, async () => {
  const status = { ...STATUS, state: 'loading', executorInMemory: false };
  const items = [[], [offer('value = 1', 0, 1)]];
  const server = scriptedServer({ status, items, later: { 1: { ...STATUS, executorInMemory: true } } });
  const settings = { 'tandem.server.path': server.path };
  await inWorkbench({ files: { 'a.py': '\nx = 1\n' }, settings, name: 'ready' }, async (bench) => {
    await bench.statusItem().filter({ hasText: 'loading' }).waitFor();
    await bench.openFile('a.py');
    await bench.goTo(1, 1);
    await bench.type('v');
    await bench.seesGhost('alue = 1');
    const kinds = server.sent('textDocument/inlineCompletion').map((message) => message.params.context.triggerKind);
    const automatic = 2;
    assert.ok(kinds.every((kind) => kind === automatic));
  });
});

test('what the editor shows of a server', { timeout: 180000 }, async (t) => {
  const parts = [
    { kind: 'thinking', text: 'First I look.\nThen I think.' },
    { kind: 'text', text: 'It is in `a.py:2`, not in `gone.py`.\n\n<b>not bold</b> [out](https://example.com)' },
    { kind: 'note', text: 'From the evidence.' },
    { kind: 'text', text: '\n\nMore' },
    30,
  ];
  const server = scriptedServer({ status: STATUS, items: [[offer('value = 1', 0, 1)]], parts });
  const files = { 'a.py': '\nx = 1\ny = 2\n', 'b.txt': 'b\n' };
  const settings = { 'tandem.server.path': server.path };
  await inWorkbench({ files, settings, name: 'extension' }, async (bench) => {
    const { page } = bench;

    await t.test('the status item names the model', async () => {
      await bench.statusItem().filter({ hasText: 'glm-4.7-flash' }).waitFor();
    });

    await t.test('only what the user wrote is sent as settings', async () => {
      const options = server.sent('initialize')[0].params.initializationOptions;
      assert.deepEqual(options, { trusted: true });
    });

    await t.test('ghost text appears, is typed through and taken', async () => {
      await bench.openFile('a.py');
      await bench.goTo(1, 1);
      await bench.type('v');
      await bench.seesGhost('alue = 1');
      await bench.type('al');
      await bench.seesGhost('ue = 1');
      await bench.press('Control+ArrowRight');
      await bench.seesText('value');
      await bench.press('Tab');
      await bench.seesText('value = 1');
    });

    await t.test('an answer streams into the view with its reasoning folded', async () => {
      await bench.press('Control+Alt+q');
      const input = page.locator('.quick-input-widget .quick-input-box input');
      await input.waitFor({ state: 'visible' });
      await input.fill('Where is it?');
      await bench.press('Enter');
      const frame = await bench.askFrame();
      await frame.locator('.answer', { hasText: 'More' }).waitFor();
      assert.equal(await frame.locator('.question').textContent(), 'Where is it?');
      assert.equal(await frame.locator('details').getAttribute('open'), null);
      assert.equal(await frame.locator('summary').textContent(), 'Reasoning, 2 lines');
      assert.equal(await frame.locator('.note').textContent(), 'From the evidence.');
      await bench.picture('extension-ask');
    });

    await t.test('places that are there are links, others are marked, addresses lead nowhere', async () => {
      const frame = await bench.askFrame();
      await frame.locator('a.place code', { hasText: 'a.py:2' }).waitFor();
      await frame.locator('code.unverified', { hasText: 'gone.py' }).waitFor();
      assert.equal(await frame.locator('.answer b').count(), 0);
      assert.equal(await frame.locator('.answer a[href]').count(), 0);
    });

    await t.test('stop ends the answer and keeps what came', async () => {
      const frame = await bench.askFrame();
      await frame.locator('#stop').click();
      await frame.locator('.state', { hasText: 'Stopped.' }).waitFor();
      assert.equal(server.sent('$/cancelRequest').length > 0, true);
      assert.match(await frame.locator('.answer').textContent(), /More/);
    });

    await t.test('a link opens its file at its line', async () => {
      const frame = await bench.askFrame();
      await frame.locator('a.place').first().click();
      await page.locator('.statusbar-item:has-text("Ln 2, Col 1")').waitFor();
    });

    await t.test('a follow-up carries what was said, and history brings a conversation back', async () => {
      const frame = await bench.askFrame();
      await frame.locator('#question').fill('And then?');
      await frame.locator('#question').press('Enter');
      await until('a second question', () => server.sent('tandem/ask').length === 2);
      const second = server.sent('tandem/ask')[1].params;
      assert.equal(second.question, 'And then?');
      assert.equal(second.history[0].question, 'Where is it?');
      await frame.locator('#new').click();
      await frame.locator('.empty').waitFor();
      const listed = frame.locator('#history option', { hasText: 'Where is it?' });
      await listed.waitFor({ state: 'attached' });
      await frame.locator('#history').selectOption({ label: 'Where is it?' });
      await frame.locator('.question', { hasText: 'And then?' }).waitFor();
    });

    await t.test('a click on the status item shows the state', async () => {
      await bench.statusItem().click();
      const rows = page.locator('.quick-input-list .monaco-list-row');
      await rows.filter({ hasText: 'Answers questions: gpt-oss:20b' }).waitFor();
      await rows.filter({ hasText: 'tokens per second: 41' }).waitFor();
      await bench.picture('extension-state');
      await bench.press('Escape');
    });

    await t.test('restart ends the server and starts it once', async () => {
      await bench.command('Tandem: Restart the Server');
      await until('a second start', () => server.sent('initialize').length === 2);
      assert.equal(server.sent('shutdown').length, 1);
    });

    await t.test('a server that is killed is started again', async () => {
      const before = server.sent('initialize').length;
      // One that dies before it has answered is no server that was killed, but none that starts.
      await until('the start to be over', () => server.sent('initialized').length === before);
      process.kill(server.pid(), 'SIGKILL');
      await until('another start', () => server.sent('initialize').length === before + 1);
    });
  });
});

test('a server that is not there is named, with what to do', { timeout: 60000 }, async () => {
  const settings = { 'tandem.server.path': '/nowhere/tandem-ls' };
  await inWorkbench({ files: { 'a.py': '' }, settings, name: 'missing-server' }, async (bench) => {
    const notice = bench.page.locator('.notification-toast', { hasText: '/nowhere/tandem-ls' });
    await notice.waitFor();
    assert.match(await notice.textContent(), /which does not exist/);
    await notice.locator('.monaco-button', { hasText: 'Open settings' }).waitFor();
  });
});
