import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isInside, looksLikeFile, placeOf } from '../../src/links';

for (const [text, expected] of [
  ['src/a.py', { path: 'src/a.py' }],
  ['src/a.py:12', { path: 'src/a.py', line: 12 }],
  ['src/a.py:12-20', { path: 'src/a.py', line: 12 }],
  ['src/a.py#L7', { path: 'src/a.py', line: 7 }],
  ['src/a.py#L7-L9', { path: 'src/a.py', line: 7 }],
  ['file:///tmp/b%20c.py#L3', { path: '/tmp/b c.py', line: 3 }],
  ['file:///tmp/%E0%A4%A.py', { path: '/tmp/%E0%A4%A.py' }],
  ['file:///tmp/b.py#L3', { path: '/tmp/b.py', line: 3 }],
  ['https://example.com/a.py', undefined],
  ['print(x)', undefined],
  ['', undefined],
] as const) {
  test(`'${text}' names ${expected ? expected.path : 'no place'}`, () => {
    assert.deepEqual(placeOf(text), expected);
  });
}

test('a path is inside a root only below it', () => {
  assert.equal(isInside('/w/a.py', ['/w']), true);
  assert.equal(isInside('/w2/a.py', ['/w']), false);
  assert.equal(isInside('/w/a.py', ['/']), true);
});

test('a method is no missing file', () => {
  assert.deepEqual(['Store.put', 'store.py', 'a/b.x', 'Makefile.am:3'].map(looksLikeFile), [false, true, true, true]);
});
