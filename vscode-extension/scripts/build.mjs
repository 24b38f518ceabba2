// Bundles the extension, the script of its view and, with --tests, what the tests run.

import { build } from 'esbuild';
import { readdir } from 'node:fs/promises';

const common = { bundle: true, sourcemap: false, minify: true, legalComments: 'none', logLevel: 'warning' };
const node = { ...common, platform: 'node', format: 'cjs', target: 'node20', external: ['vscode'] };
const browser = { ...common, platform: 'browser', format: 'iife', target: 'es2022' };

async function under(folder) {
  const names = await readdir(folder);
  return names.filter((name) => name.endsWith('.ts')).map((name) => `${folder}/${name}`);
}

await build({ ...node, entryPoints: ['src/extension.ts'], outfile: 'out/extension.js' });
await build({ ...browser, entryPoints: ['src/webview/ask.ts'], outfile: 'out/ask.js' });
if (process.argv.includes('--tests')) {
  const tests = { ...node, minify: false };
  await build({ ...tests, entryPoints: await under('test/unit'), outdir: 'out/test/unit', outExtension: { '.js': '.cjs' } });
  await build({ ...tests, entryPoints: await under('test/host'), outdir: 'out/test/host', external: ['vscode', 'mocha'] });
}
