import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TooLate, within } from '../../src/patience';

test('an answer in time is handed on, and so is a failure', async () => {
  assert.equal(await within(1000, Promise.resolve(1)), 1);
  await assert.rejects(within(1000, Promise.reject(new Error('gone'))), /gone/);
});

test('no answer is not waited for longer than was said', async () => {
  await assert.rejects(within(1, new Promise(() => undefined)), TooLate);
});
