import assert from 'node:assert/strict';
import { test } from 'node:test';
import { explicitSettings, type Inspected } from '../../src/explicit';

const written: Record<string, Inspected> = {
  'agent.context_window': { globalValue: 1, workspaceValue: 2 },
  'completion.enabled': { globalValue: true, workspaceFolderValue: false },
  'ollama.host': {},
  'server.path': { globalValue: '/x' },
};

test('the nearest scope wins, defaults and what is ours stay at home', () => {
  assert.deepEqual(
    explicitSettings(Object.keys(written), (name) => written[name]),
    { agent: { context_window: 2 }, completion: { enabled: false } },
  );
});

test('a name that cannot be inspected is left out', () => {
  assert.deepEqual(explicitSettings(['gone'], () => undefined), {});
});
