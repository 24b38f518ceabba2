// Tandem itself, and Ollama's stand-in with scripted models, for the tests and the pictures.

import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { root } from './workbench.mjs';

const python = process.env.TANDEM_PYTHON ?? 'python3';

/** A program that starts the server of this tree; `pid()` is its newest process. */
export function tandem() {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-ls-'));
  const path = join(folder, 'tandem-ls');
  const lines = [
    '#!/bin/sh',
    `echo $$ > '${folder}/pid'`,
    `export PYTHONPATH='${root}'`,
    // What an earlier run was told would be offered from the disk, and no model would be asked.
    `export XDG_CACHE_HOME='${folder}/cache'`,
    `exec '${python}' -m lsp_server "$@"`,
  ];
  writeFileSync(path, `${lines.join('\n')}\n`);
  chmodSync(path, 0o755);
  return { path, pid: () => Number(readFileSync(join(folder, 'pid'), 'utf8')) };
}

/** Ollama's stand-in; `rules` as in tests/simulator/scripts.py. The port is kept when it starts again. */
export class Ollama {
  constructor(rules, args = []) {
    this.args = args;
    this.script = join(mkdtempSync(join(tmpdir(), 'tandem-ollama-')), 'models.json');
    writeFileSync(this.script, JSON.stringify(rules));
    this.port = 0;
  }

  async start() {
    const args = ['-m', 'tests.simulator', '--port', String(this.port), '--script', this.script, ...this.args];
    this.child = spawn(python, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
    for await (const line of createInterface({ input: this.child.stdout })) {
      this.url = line.trim();
      break;
    }
    this.port = Number(new URL(this.url).port);
    return this;
  }

  async hasLoaded(name) {
    const reply = await (await fetch(`${this.url}/api/ps`)).json();
    return reply.models.some((model) => model.name.startsWith(name));
  }

  async stop() {
    const ended = new Promise((done) => this.child.once('exit', done));
    this.child.kill('SIGKILL');
    await ended;
  }
}

/** Where nothing listens: no model of this machine plays a part. */
export const NO_OLLAMA = 'http://127.0.0.1:9';

export const CART = `class Cart:
    def total_price(self, items):
        return sum(item.price for item in items)

    def total_weight(self, items):
        return sum(item.weight for item in items)
`;

export const BROKEN = `def broken(items)
    return items
`;
