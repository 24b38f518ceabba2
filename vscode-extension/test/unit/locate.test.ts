import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findPython, locate, type Machine } from '../../src/locate';

function machine(files: string[], programs: Record<string, string>, windows = false): Machine {
  return {
    windows,
    storage: '/storage',
    version: '1.2.3',
    exists: (path) => files.includes(path),
    output: (command) => Promise.resolve(programs[command]),
  };
}

test('what the user set is taken as it is', async () => {
  const found = await locate('/opt/tandem-ls', machine(['/opt/tandem-ls'], {}));
  assert.deepEqual(found, { kind: 'found', command: '/opt/tandem-ls', from: 'setting' });
});

test('a setting that names nothing is an error, never a reason to install', async () => {
  assert.deepEqual(await locate('/opt/no', machine([], {})), { kind: 'missing-setting', path: '/opt/no' });
});

test('an installation that was finished is used', async () => {
  const found = await locate('', machine(['/storage/server-1.2.3/installed'], {}));
  assert.deepEqual(found, { kind: 'found', command: '/storage/server-1.2.3/bin/tandem-ls', from: 'private' });
});

test('an installation that was cut off is done again', async () => {
  assert.deepEqual(await locate('', machine(['/storage/server-1.2.3/bin/tandem-ls'], {})), { kind: 'install' });
});

test('a server on the path is used only in the version of the extension', async () => {
  const same = await locate('', machine([], { 'tandem-ls': 'tandem-ls 1.2.3\n' }));
  assert.deepEqual(same, { kind: 'found', command: 'tandem-ls', from: 'path' });
  assert.deepEqual(await locate('', machine([], { 'tandem-ls': 'tandem-ls 1.2.2\n' })), { kind: 'install' });
});

test('the first Python that is new enough is taken', async () => {
  const programs = { 'python3.13': 'False\n', 'python3.11': 'True\n', python3: 'True\n' };
  assert.equal(await findPython('', machine([], programs)), 'python3.11');
  assert.equal(await findPython('', machine([], { python: 'False' })), undefined);
});

test('a Python that the user set is the only one tried', async () => {
  assert.equal(await findPython('/opt/python', machine([], { 'python3.11': 'True' })), undefined);
});
