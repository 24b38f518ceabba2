import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MOST_CONVERSATIONS, add, begin, newConversation, settle, toKeep, turns } from '../../src/conversation';

test('pieces go where their kind belongs', () => {
  const exchange = begin(newConversation('1', 0), 'Why?');
  add(exchange, { kind: 'thinking', text: 'Hm.' });
  add(exchange, { kind: 'text', text: 'Be' });
  add(exchange, { kind: 'text', text: 'cause.' });
  add(exchange, { kind: 'note', text: 'Built in.' });
  assert.deepEqual([exchange.thinking, exchange.text, exchange.notes], ['Hm.', 'Because.', ['Built in.']]);
  assert.equal(exchange.state, 'streaming');
});

test('the result completes a stream that lost a piece', () => {
  const exchange = begin(newConversation('1', 0), 'Why?');
  add(exchange, { kind: 'text', text: 'Be' });
  settle(exchange, { answer: 'Because.', thinking: '', notes: '' });
  assert.equal(exchange.text, 'Because.');
  assert.equal(exchange.state, 'done');
});

test('a follow-up carries only what was answered', () => {
  const conversation = newConversation('1', 0);
  add(begin(conversation, 'Why?'), { kind: 'text', text: 'Because.' });
  begin(conversation, 'And then?');
  assert.deepEqual(turns(conversation), [{ question: 'Why?', answer: 'Because.' }]);
});

test('the newest conversations are kept, none of them under way', () => {
  const many = Array.from({ length: MOST_CONVERSATIONS + 5 }, (_, index) => newConversation(`${index}`, index));
  many.forEach((conversation) => begin(conversation, 'Why?'));
  const kept = toKeep([...many, newConversation('empty', 999)]);
  assert.equal(kept.length, MOST_CONVERSATIONS);
  assert.equal(kept[0]?.started, MOST_CONVERSATIONS + 4);
  assert.equal(kept[0]?.exchanges[0]?.state, 'stopped');
});
