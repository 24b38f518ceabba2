// A real workbench under the tests: code-server, headless Chromium, real keys.

import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));
export const root = resolve(here, '../../..');
export const cache = join(
  process.env.TANDEM_EDITORS ?? join(process.env.XDG_CACHE_HOME ?? join(homedir(), '.cache'), 'tandem-editors'),
  'vscode',
);
export const pictures = process.env.TANDEM_PICTURES ?? join(cache, 'pictures');
const { chromium } = createRequire(join(cache, 'package.json'))('playwright-core');

const SETTINGS = {
  'chat.disableAIFeatures': true,
  'editor.quickSuggestions': { other: 'off', comments: 'off', strings: 'off' },
  'extensions.autoUpdate': false,
  'extensions.autoCheckUpdates': false,
  'files.hotExit': 'off',
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'workbench.startupEditor': 'none',
  'workbench.tips.enabled': false,
};

const CHROMIUM_FLAGS = [
  '--headless=new', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run',
  '--disable-background-networking', '--disable-component-update', '--disable-sync',
];

const PATIENCE_MS = 20000;

function freePort() {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => done(port));
    });
  });
}

/** Wait until `look` gives something true; says what was waited for when it does not. */
export async function until(what, look, patience = PATIENCE_MS) {
  const end = Date.now() + patience;
  for (;;) {
    const seen = await look();
    if (seen) {
      return seen;
    }
    if (Date.now() > end) {
      throw new Error(`never saw: ${what}`);
    }
    await new Promise((done) => setTimeout(done, 50));
  }
}

function write(folder, files) {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
}

function ends(child) {
  return new Promise((done) => child.once('exit', done));
}

class CodeServer {
  constructor(scratch, settings, flags, environment) {
    this.scratch = scratch;
    this.flags = flags;
    this.user = join(scratch, 'user');
    write(this.user, {
      'User/settings.json': JSON.stringify({ ...SETTINGS, ...settings }),
      // The settings of this machine: what no workspace and no user profile may say.
      'Machine/settings.json': JSON.stringify(settings),
    });
    this.environment = { ...process.env, EXTENSIONS_GALLERY: '{"serviceUrl":""}', ...environment };
  }

  #run(args) {
    const entry = join(cache, 'node_modules/code-server/out/node/entry.js');
    const common = ['--config', join(this.scratch, 'server.yaml'), '--user-data-dir', this.user];
    const folders = ['--extensions-dir', join(this.scratch, 'extensions')];
    const options = { env: this.environment, detached: true, stdio: ['ignore', 'pipe', 'pipe'] };
    const child = spawn(process.execPath, [entry, ...common, ...folders, ...args], options);
    this.log = '';
    child.stdout.on('data', (data) => (this.log += data));
    child.stderr.on('data', (data) => (this.log += data));
    return child;
  }

  async start(vsix) {
    this.port = await freePort();
    write(this.scratch, { 'server.yaml': `bind-addr: 127.0.0.1:${this.port}\nauth: none\ncert: false\n` });
    if (vsix && (await ends(this.#run(['--install-extension', vsix]))) !== 0) {
      throw new Error(`the extension was not installed\n${this.log}`);
    }
    const quiet = ['--disable-telemetry', '--disable-update-check', '--disable-getting-started-override'];
    this.child = this.#run([...quiet, ...this.flags]);
    await until(`code-server answers\n${this.log}`, () =>
      fetch(`http://127.0.0.1:${this.port}/healthz`).then((reply) => reply.ok, () => false));
  }

  async stop() {
    const ended = ends(this.child);
    process.kill(-this.child.pid, 'SIGTERM');
    await ended;
  }
}

/** What a test does in the workbench. */
export class Workbench {
  constructor(page, project, server) {
    this.page = page;
    this.project = project;
    this.server = server;
  }

  async openFile(name) {
    await this.page.keyboard.press('ControlOrMeta+p');
    const input = this.page.locator('.quick-input-widget .quick-input-box input');
    await input.waitFor({ state: 'visible' });
    await input.fill(name);
    await this.page.locator(`.quick-input-list .monaco-list-row:has-text("${name}")`).first().waitFor();
    await this.page.keyboard.press('Enter');
    await this.page.locator(`.tab.active:has-text("${name}")`).waitFor();
    await this.page.locator('.editor-instance .monaco-editor.focused').waitFor();
  }

  /** Run a command of the palette by its title. */
  async command(title) {
    await this.page.keyboard.press('F1');
    const input = this.page.locator('.quick-input-widget .quick-input-box input');
    await input.waitFor({ state: 'visible' });
    await input.fill(`>${title}`);
    await this.page.locator(`.quick-input-list .monaco-list-row:has-text("${title}")`).first().waitFor();
    await this.page.keyboard.press('Enter');
  }

  /** Put the cursor at a line and column, both counted from 1. */
  async goTo(line, column) {
    await this.page.keyboard.press('Control+g');
    const input = this.page.locator('.quick-input-widget .quick-input-box input');
    await input.waitFor({ state: 'visible' });
    await input.fill(`:${line}:${column}`);
    await this.page.keyboard.press('Enter');
    await this.page.locator('.quick-input-widget').waitFor({ state: 'hidden' });
  }

  type(text) {
    return this.page.keyboard.type(text, { delay: 20 });
  }

  press(key) {
    return this.page.keyboard.press(key);
  }

  /** The lines of the editor in front, as they are drawn. */
  async lines() {
    const drawn = await this.page.locator('.editor-instance .view-line').evaluateAll((lines) =>
      lines
        .map((line) => {
          const copy = line.cloneNode(true);
          copy.querySelectorAll('[class*="ghost-text"]').forEach((ghost) => ghost.remove());
          return { top: parseFloat(line.style.top), text: copy.textContent.replaceAll('\u00a0', ' ') };
        })
        .sort((one, other) => one.top - other.top));
    return drawn.map((line) => line.text);
  }

  async text() {
    return (await this.lines()).join('\n').trimEnd();
  }

  /** The ghost text on the screen. */
  async ghost() {
    const parts = await this.page.locator('[class*="ghost-text"]').allTextContents();
    return parts.join('').replaceAll('\u00a0', ' ');
  }

  async seesGhost(text) {
    await until(`ghost text '${text}'`, async () => (await this.ghost()).includes(text));
  }

  async seesText(text) {
    await until(`the text '${text}' in the editor`, async () => (await this.text()).includes(text));
  }

  statusItem() {
    return this.page.locator('.statusbar-item[id*="tandem.status"]');
  }

  /** Wait until the status item names who answers; a start on a busy machine takes its time. */
  seesEngine(name) {
    return this.statusItem().filter({ hasText: name }).waitFor({ timeout: 90000 });
  }

  /** The frame that holds the ask view. */
  askFrame() {
    return until('the ask view', async () => {
      for (const frame of this.page.frames()) {
        if (await frame.locator('#question').count().catch(() => 0)) {
          return frame;
        }
      }
      return undefined;
    });
  }

  /** Wait until no animation runs any more. */
  async settled() {
    await until('a quiet screen', () => this.page.evaluate(() =>
      document.getAnimations().every((animation) => animation.playState !== 'running' || animation.effect?.getTiming().iterations === Infinity)));
  }

  async picture(name) {
    await this.settled();
    mkdirSync(pictures, { recursive: true });
    const path = join(pictures, `${name}.png`);
    await this.page.screenshot({ path });
    return path;
  }
}

/** The page of a folder, or of a file that lists several; `hostTests` is a folder with tests for the extension host. */
function address(port, project, { workspace, hostTests }) {
  const opened = workspace ? `workspace=${join(project, workspace)}` : `folder=${project}`;
  if (!hostTests) {
    return `http://127.0.0.1:${port}/?${opened}`;
  }
  const remote = (path) => `vscode-remote://127.0.0.1:${port}${path}`;
  const payload = [
    ['extensionDevelopmentPath', remote(join(root, 'vscode-extension'))],
    ['extensionTestsPath', remote(hostTests)],
  ];
  return `http://127.0.0.1:${port}/?${opened}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
}

/**
 * Open a workbench on `files` with the extension in it, run `use`, and take everything down again.
 *
 * `trust` false opens the folder in Restricted Mode. When `use` fails, a picture of the screen is kept.
 */
export async function inWorkbench(options, use) {
  const { files, settings = {}, environment = {}, trust = true, name = 'failed' } = options;
  const scratch = mkdtempSync(join(tmpdir(), 'tandem-workbench-'));
  const project = join(scratch, 'project');
  write(project, files);
  const flags = [...(trust ? ['--disable-workspace-trust'] : []), ...(options.flags ?? [])];
  const server = new CodeServer(scratch, settings, flags, environment);
  const vsix = options.hostTests ? undefined : process.env.TANDEM_VSIX;
  await server.start(vsix);
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: CHROMIUM_FLAGS });
  try {
    const page = await browser.newPage({ viewport: options.viewport ?? { width: 1280, height: 800 }, deviceScaleFactor: options.scale ?? 1 });
    page.setDefaultTimeout(PATIENCE_MS);
    const bench = new Workbench(page, project, server);
    await options.before?.(bench);
    await page.goto(address(server.port, project, options));
    await page.locator('.monaco-workbench').waitFor();
    try {
      return await use(bench);
    } catch (error) {
      error.message += `\nThe screen: ${await bench.picture(name)}`;
      throw error;
    }
  } finally {
    await browser.close();
    await server.stop();
    rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
  }
}
