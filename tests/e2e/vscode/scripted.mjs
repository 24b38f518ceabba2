// The server that says what it is told to, for tests of the extension by itself.

import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './workbench.mjs';

/** A program that plays `script`; `sent(method)` gives what the editor sent, `pid()` the newest process. */
export function scriptedServer(script) {
  const folder = mkdtempSync(join(tmpdir(), 'tandem-scripted-'));
  const [answers, log, path] = ['script.json', 'log.jsonl', 'tandem-ls'].map((name) => join(folder, name));
  writeFileSync(answers, JSON.stringify(script));
  const python = process.env.TANDEM_PYTHON ?? 'python3';
  const server = join(root, 'tests/e2e/scripted_server.py');
  writeFileSync(path, `#!/bin/sh\necho $$ > '${folder}/pid'\nexec '${python}' '${server}' '${answers}' '${log}'\n`);
  chmodSync(path, 0o755);
  const sent = (method) =>
    // The last line is not whole while the server still writes it.
    (existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(0, -1) : [])
      .map((line) => JSON.parse(line))
      .filter((message) => message.method === method);
  const pid = () => Number(readFileSync(join(folder, 'pid'), 'utf8'));
  return { path, sent, pid };
}
