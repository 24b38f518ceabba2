// The pictures of the documentation: each of the jobs, in VS Code and in a terminal with Neovim.

import { test } from 'node:test';
import { Ollama, tandem } from './tandem.mjs';
import { inWorkbench, until } from './workbench.mjs';

const STORE = `"""A store of words that were looked up."""

from collections import OrderedDict


class Store:
    """Keeps the newest answers and forgets the oldest."""

    def __init__(self, size: int) -> None:
        self._answers: OrderedDict[str, str] = OrderedDict()
        self._size = size

    def put(self, word: str, answer: str) -> None:
        self._answers[word] = answer
        self._answers.move_to_end(word)
        while len(self._answers) > self._size:
            self._answers.popitem(last=False)
`;

const REPORT = `"""What a run costs."""

from statistics import median


def summary(seconds: list[float]) -> str:
    longest = max(seconds)
    return f"{median(seconds):.2f} s, at most {longets:.2f} s"
`;

const LOOKUP = `"""Looks words up: in the store first, then in the dictionary."""

from store import Store


class Lookup:
    def __init__(self, store: Store, dictionary: dict[str, str]) -> None:
        self._store = store
        self._dictionary = dictionary

    def meaning(self, word: str) -> str | None:
        if (kept := self._store.get(word)) is not None:
            return kept
        found = self._dictionary.get(word.lower())
        if found is not None:
            self._store.put(word, found)
        return found
`;

const ANSWER = `A word is looked up in two steps:

1. \`Lookup.meaning\` in \`lookup.py:11\` asks the store first. A hit ends here, without the dictionary.
2. On a miss the dictionary is asked with the word in lower case, and the answer goes into the store under the word **as it was
   typed**.

So \`Cat\` and \`cat\` take two places in the store. The oldest answer leaves in \`Store.put\`, \`store.py:14\`, once there are more
than \`size\`.`;

const THINKING = `The question is about the path of a look-up.
Lookup.meaning asks the store, then the dictionary.
Note that the key of the store keeps its case.`;

const RULES = {
  '*': [
    { kind: 'fill', say: 'if word in self._answers:\n            self._answers.move_to_end(word)\n        return self._answers.get(word)' },
    { when: 'How is a word looked up', kind: 'chat', say: ANSWER, thinking: THINKING },
    { kind: 'chat', say: '```python\ndef summary(seconds: list[float]) -> str:\n    longest = max(seconds)\n    return f"{median(seconds):.2f} s, at most {longest:.2f} s"\n```' },
  ],
};

const FILES = {
  'store.py': STORE,
  'report.py': REPORT,
  'lookup.py': LOOKUP,
  'pyproject.toml': '[project]\nname = "words"\nversion = "1"\n',
  '.git/HEAD': 'ref: refs/heads/main\n',
};

const LOOKS = {
  'workbench.colorTheme': 'Default Dark Modern',
  'editor.minimap.enabled': false,
  'editor.fontSize': 14,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.layoutControl.enabled': false,
};

test('pictures', { timeout: 300000 }, async (t) => {
  const server = tandem();
  const ollama = await new Ollama(RULES, ['--machine', 'rtx4090']).start();
  t.after(() => ollama.stop());
  const settings = { ...LOOKS, 'tandem.server.path': server.path };
  const options = { files: FILES, settings, environment: { OLLAMA_HOST: ollama.url }, viewport: { width: 1100, height: 620 }, scale: 1 };
  await inWorkbench({ ...options, name: 'screens' }, async (bench) => {
    const { page } = bench;
    await bench.seesEngine('glm-4.7-flash');

    await bench.openFile('store.py');
    await bench.press('Control+End');
    await bench.type('\n    def get(self, word: str) -> str | None:');
    await until('the model in memory', () => ollama.hasLoaded('glm'), 60000);
    await bench.type('\ni');
    await bench.seesGhost('f word in self._answers');
    await bench.picture('suggestion');

    await bench.openFile('report.py');
    await bench.goTo(8, 50);
    await page.keyboard.press('Control+.');
    await page.locator('.action-widget .monaco-list-row', { hasText: 'Fix' }).first().waitFor();
    await bench.picture('fix-offered');
    await page.keyboard.press('Escape');

    await bench.command('Tandem: New Conversation');
    const frame = await bench.askFrame();
    await frame.locator('#question').fill('How is a word looked up?');
    await frame.locator('#question').press('Enter');
    await frame.locator('.answer', { hasText: 'two places' }).waitFor();
    await frame.locator('a.place', { hasText: 'store.py:14' }).waitFor();
    await bench.openFile('lookup.py');
    await bench.picture('question');

    await bench.statusItem().click();
    await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Answers questions' }).waitFor();
    await bench.picture('state');
  });
});
