/** The script of the ask view: draws the conversation, sends what the user does. */

import type { FromView, ToView } from '../askMessages';
import type { Conversation, Exchange } from '../conversation';
import { looksLikeFile, placeOf } from '../links';
import { render } from './markdown';

declare function acquireVsCodeApi(): { postMessage(message: FromView): void };

const vscode = acquireVsCodeApi();
const byId = <T extends HTMLElement>(id: string): T => document.getElementById(id) as T;
const main = byId('conversation');
const form = byId<HTMLFormElement>('form');
const question = byId<HTMLTextAreaElement>('question');
const history = byId<HTMLSelectElement>('history');
const stop = byId<HTMLButtonElement>('stop');

/** What the extension said of each place that an answer names. */
const known = new Map<string, boolean>();
/** Which reasonings the user opened; they stay open while the answer is drawn anew. */
const opened = new Set<number>();

function element(tag: string, className: string, text = ''): HTMLElement {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}

function reasoning(exchange: Exchange, index: number): HTMLElement {
  const details = document.createElement('details');
  details.open = opened.has(index);
  details.addEventListener('toggle', () => {
    if (details.open) {
      opened.add(index);
    } else {
      opened.delete(index);
    }
  });
  const lines = exchange.thinking.trim().split('\n').length;
  details.append(element('summary', '', `Reasoning, ${lines} ${lines === 1 ? 'line' : 'lines'}`));
  details.append(element('div', '', exchange.thinking.trim()));
  return details;
}

function stateLine(exchange: Exchange): HTMLElement | undefined {
  switch (exchange.state) {
    case 'waiting':
      return element('p', 'state', 'Thinking …');
    case 'stopped':
      return element('p', 'state', 'Stopped.');
    case 'failed':
      return element('p', 'state failed', exchange.failure ?? 'Failed.');
    default:
      return undefined;
  }
}

/** Make a link of what names a file that is there, and mark what names one that is not. */
function mark(node: HTMLElement, text: string): void {
  const place = placeOf(text);
  const there = known.get(text);
  if (!place || there === undefined) {
    return;
  }
  if (!there) {
    if (!looksLikeFile(text)) {
      return;
    }
    node.classList.add('unverified');
    node.title = 'No such file in this workspace';
    return;
  }
  node.classList.add('place');
  node.addEventListener('click', (event) => {
    event.preventDefault();
    vscode.postMessage({ type: 'open', ...place });
  });
  if (node.tagName === 'CODE') {
    const link = element('a', 'place');
    node.replaceWith(link);
    link.append(node);
  }
}

function namedPlaces(answer: HTMLElement): [HTMLElement, string][] {
  const links = [...answer.querySelectorAll<HTMLElement>('a[data-target]')];
  const codes = [...answer.querySelectorAll<HTMLElement>(':not(pre) > code')].filter((code) => !code.closest('a'));
  return [
    ...links.map((link): [HTMLElement, string] => [link, link.dataset['target'] ?? '']),
    ...codes.map((code): [HTMLElement, string] => [code, code.textContent ?? '']),
  ].filter(([, text]) => placeOf(text) !== undefined);
}

function answerOf(exchange: Exchange): HTMLElement {
  const answer = element('div', 'answer');
  // The renderer escapes all HTML of the model's text.
  answer.innerHTML = render(exchange.text);
  const places = namedPlaces(answer);
  places.forEach(([node, text]) => mark(node, text));
  const unknown = places.map(([, text]) => text).filter((text) => !known.has(text));
  if (unknown.length > 0) {
    vscode.postMessage({ type: 'verify', paths: [...new Set(unknown)] });
  }
  return answer;
}

function drawExchange(exchange: Exchange, index: number): HTMLElement[] {
  const parts = [element('h3', 'question', exchange.question)];
  if (exchange.thinking.trim() !== '') {
    parts.push(reasoning(exchange, index));
  }
  parts.push(answerOf(exchange));
  parts.push(...exchange.notes.map((note) => element('p', 'note', note)));
  const state = stateLine(exchange);
  return state ? [...parts, state] : parts;
}

let shown: Conversation | undefined;

function draw(): void {
  const atEnd = main.scrollHeight - main.scrollTop - main.clientHeight < 40;
  const exchanges = shown?.exchanges ?? [];
  const empty = element('p', 'empty', 'Ask how this code works, where something is done, or what a change would touch.');
  main.replaceChildren(...(exchanges.length > 0 ? exchanges.flatMap(drawExchange) : [empty]));
  const last = exchanges.at(-1)?.state;
  stop.hidden = last !== 'waiting' && last !== 'streaming';
  question.placeholder = exchanges.length > 0 ? 'Ask a follow-up question' : 'Ask about this code';
  if (atEnd) {
    main.scrollTop = main.scrollHeight;
  }
}

function drawHistory(listed: readonly { id: string; title: string }[]): void {
  const options = [new Option('History', '', true, true)];
  options.push(...listed.map((one) => new Option(one.title, one.id)));
  history.replaceChildren(...options);
  history.disabled = listed.length === 0;
}

function send(): void {
  const text = question.value.trim();
  if (text !== '') {
    question.value = '';
    vscode.postMessage({ type: 'ask', question: text });
  }
}

form.addEventListener('submit', (event) => {
  event.preventDefault();
  send();
});
question.addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    send();
  }
});
stop.addEventListener('click', () => vscode.postMessage({ type: 'stop' }));
byId('new').addEventListener('click', () => vscode.postMessage({ type: 'new' }));
history.addEventListener('change', () => vscode.postMessage({ type: 'choose', id: history.value }));
window.addEventListener('message', (event: MessageEvent<ToView>) => {
  const message = event.data;
  if (message.type === 'verified') {
    Object.entries(message.paths).forEach(([text, there]) => known.set(text, there));
  } else {
    if (message.conversation.id !== shown?.id) {
      opened.clear();
    }
    shown = message.conversation;
    drawHistory(message.history);
  }
  draw();
});
// Before this, Enter would be lost.
question.disabled = false;
vscode.postMessage({ type: 'ready' });
