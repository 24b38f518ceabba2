import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Unanswered, type Asked } from '../../src/unanswered';

const LOADING = { executor: 'glm', planner: 'gpt-oss', state: 'loading', detail: {}, notices: [], executorInMemory: false };
const READY = { ...LOADING, state: 'ready', executorInMemory: true };
const BUILT_IN = { ...LOADING, executor: 'built-in engine', state: 'built-in' };
const HERE: Asked = { uri: 'file:///a.py', version: 3, line: 1, character: 4 };

function askedInVain(): Unanswered {
  const unanswered = new Unanswered();
  unanswered.heard(LOADING, undefined);
  unanswered.begin(HERE);
  unanswered.end(HERE, 0);
  return unanswered;
}

test('a request that got nothing is put again once the model is in memory', () => {
  const unanswered = askedInVain();
  assert.equal(unanswered.heard(LOADING, { ...HERE }), undefined);
  assert.deepEqual(unanswered.heard(READY, { ...HERE }), HERE);
  assert.equal(unanswered.heard(LOADING, { ...HERE }), undefined);
  assert.equal(unanswered.heard(READY, { ...HERE }), undefined, 'only once');
});

test('a model in the place of the built-in engine is a reason too, the engine itself is none', () => {
  const unanswered = askedInVain();
  assert.equal(unanswered.heard(BUILT_IN, HERE), undefined);
  assert.notEqual(unanswered.heard(LOADING, HERE), undefined);
});

for (const [where, cursor] of Object.entries({
  'in no editor': undefined,
  'in another document': { ...HERE, uri: 'file:///b.py' },
  'in changed text': { ...HERE, version: 4 },
  'on another line': { ...HERE, line: 2 },
  'in another column': { ...HERE, character: 5 },
})) {
  test(`nothing is asked again with the cursor ${where}`, () => {
    assert.equal(askedInVain().heard(READY, cursor), undefined);
  });
}

test('what was offered stays on the screen', () => {
  const unanswered = new Unanswered();
  unanswered.begin(HERE);
  unanswered.end(HERE, 1);
  assert.equal(unanswered.heard(READY, HERE), undefined);
});

test('a newer request takes the place of an older one, which may be answered later', () => {
  const unanswered = askedInVain();
  const newer = { ...HERE, version: 4 };
  unanswered.begin(newer);
  unanswered.end(HERE, 0);
  assert.equal(unanswered.heard(READY, HERE), undefined);
  unanswered.end(newer, 0);
  assert.equal(unanswered.heard({ ...READY, executor: 'another' }, newer), newer);
});
