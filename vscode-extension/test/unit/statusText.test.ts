import assert from 'node:assert/strict';
import { test } from 'node:test';
import { progressOf, statusView } from '../../src/statusText';

const status = { executor: 'glm', planner: 'gpt-oss', state: 'ready', detail: {}, notices: [], executorInMemory: true };

test('a running server shows the model that answers', () => {
  assert.match(statusView('running', status).text, / glm$/);
});

test('another state than ready is shown instead', () => {
  assert.match(statusView('running', { ...status, state: 'loading glm' }).text, /loading glm/);
});

test('details read as words, what is empty is left out', () => {
  const detail = { tokens_per_second: 41, in_memory: ['glm', 'gpt-oss'], waiting: [], note: '', resolved: {}, problem: 'x' };
  const { lines } = statusView('running', { ...status, detail });
  assert.deepEqual(lines.slice(3), ['tokens per second: 41', 'in memory: glm; gpt-oss']);
});

test('what is told of each model stands on a line of its own, sizes in gigabytes', () => {
  const detail = {
    running: [{ name: 'glm', size: 19_000_000_000, context: 32768 }],
    prompts: { glm: { requests: 2, readPerSecond: 1000 } },
  };
  const { lines } = statusView('running', { ...status, detail });
  assert.deepEqual(lines.slice(3), [
    'running: name glm, size 19.0 GB, context 32768',
    'prompts, glm: requests 2, read per second 1000',
  ]);
});

test('a stopped server is a warning', () => {
  assert.equal(statusView('stopped', status).warning, true);
});

test('the sentences of the server are shown as they are', () => {
  const detail = { summary: ['In memory: glm, 21.0 GB, on the graphics card'], waiting: 1 };
  assert.deepEqual(statusView('running', { ...status, detail }).lines.slice(3), detail.summary);
});

test('the walkthrough learns whether Ollama was found and whether a model is missing', () => {
  assert.deepEqual(progressOf(undefined), { ollamaFound: false, modelsPulled: false });
  const found = { ...status, detail: { version: '0.33' } };
  assert.deepEqual(progressOf(found), { ollamaFound: true, modelsPulled: true });
  const notices = [{ key: 'k', sentence: 's', advice: 'a', missing: 'glm' }];
  assert.deepEqual(progressOf({ ...found, notices }), { ollamaFound: true, modelsPulled: false });
});

test('models at other servers than Ollama count once they answer', () => {
  const endpoint = { url: 'http://127.0.0.1:8000', server: 'vllm', model: 'glm', context: 65536, fill: 'own', problem: '' };
  const away = { ...endpoint, problem: 'No model server answers.' };
  const at = (endpoints: object): ReturnType<typeof progressOf> =>
    progressOf({ ...status, detail: { version: '', endpoints } });
  assert.deepEqual(at({ executor: endpoint, planner: endpoint }), { ollamaFound: true, modelsPulled: true });
  assert.deepEqual(at({ executor: endpoint, planner: away }), { ollamaFound: true, modelsPulled: false });
  assert.deepEqual(at({ executor: endpoint }), { ollamaFound: false, modelsPulled: false });
});
