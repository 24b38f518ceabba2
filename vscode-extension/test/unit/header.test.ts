import assert from 'node:assert/strict';
import { test } from 'node:test';
import { headerOf } from '../../src/header';

const header = (text: string, first = 0): string => {
  const lines = text.split('\n');
  return headerOf((line) => lines[line] ?? '', first, lines.length);
};

test('a header ends with its line', () => {
  assert.equal(header('def load(name):\n    return name'), 'def load(name):\n');
});

test('a header goes on until its brackets are closed', () => {
  assert.equal(header('x\nfunc load(\n\tname string,\n) error {\n\treturn nil', 1), 'func load(\n\tname string,\n) error {\n');
});

test('what decorates a definition is part of it', () => {
  assert.equal(header('@cache\ndef load():\n    pass'), '@cache\ndef load():\n');
});

test('a header that never closes is cut', () => {
  assert.equal(header(`load(\n${'a,\n'.repeat(50)}`).split('\n').length, 9);
});
