// Bundles the extension, its language client, the script of its view and, with --tests, what the tests run.

import { build } from 'esbuild';
import { readdir } from 'node:fs/promises';

const common = { bundle: true, sourcemap: false, minify: true, legalComments: 'none', logLevel: 'warning' };
const node = { ...common, platform: 'node', format: 'cjs', target: 'node20', external: ['vscode'] };
const browser = { ...common, platform: 'browser', format: 'iife', target: 'es2022' };

async function under(folder) {
  const names = await readdir(folder);
  return names.filter((name) => name.endsWith('.ts')).map((name) => `${folder}/${name}`);
}

// The client stays a file of its own, so that activation does not read it. `require` finds `vscode` in it, `import` would not.
const extension = { ...node, external: ['vscode', './client.js'], supported: { 'dynamic-import': false } };
await build({ ...extension, entryPoints: ['src/extension.ts'], outfile: 'out/extension.js' });
await build({ ...node, entryPoints: ['src/client.ts'], outfile: 'out/client.js' });
await build({ ...browser, entryPoints: ['src/webview/ask.ts'], outfile: 'out/ask.js' });
if (process.argv.includes('--tests')) {
  const tests = { ...node, minify: false };
  await build({ ...tests, entryPoints: await under('test/unit'), outdir: 'out/test/unit', outExtension: { '.js': '.cjs' } });
  await build({ ...tests, entryPoints: await under('test/host'), outdir: 'out/test/host', external: ['vscode', 'mocha'] });
}
