/** A conversation as plain data: what was asked, what came, and how it ended. */

import type { AnswerPiece, AskResult, Exchange as Told } from './messages';

export type State = 'waiting' | 'streaming' | 'done' | 'stopped' | 'failed';

export interface Exchange {
  readonly question: string;
  thinking: string;
  text: string;
  notes: string[];
  state: State;
  failure?: string;
}

export interface Conversation {
  readonly id: string;
  readonly started: number;
  exchanges: Exchange[];
}

export const MOST_CONVERSATIONS = 30;

export function newConversation(id: string, started: number): Conversation {
  return { id, started, exchanges: [] };
}

export function begin(conversation: Conversation, question: string): Exchange {
  const exchange: Exchange = { question, thinking: '', text: '', notes: [], state: 'waiting' };
  conversation.exchanges.push(exchange);
  return exchange;
}

export function add(exchange: Exchange, piece: AnswerPiece): void {
  exchange.state = 'streaming';
  if (piece.kind === 'note') {
    exchange.notes.push(piece.text);
  } else if (piece.kind === 'thinking') {
    exchange.thinking += piece.text;
  } else {
    exchange.text += piece.text;
  }
}

/** The result holds the whole answer, so that a piece that was lost on the way is not missed. */
export function settle(exchange: Exchange, result: AskResult): void {
  exchange.state = 'done';
  if (result.answer.length > exchange.text.length) {
    exchange.text = result.answer;
  }
}

/** What a follow-up question carries of what was said before. */
export function turns(conversation: Conversation): Told[] {
  return conversation.exchanges
    .filter((exchange) => exchange.text !== '')
    .map((exchange) => ({ question: exchange.question, answer: exchange.text }));
}

export function title(conversation: Conversation): string {
  return conversation.exchanges[0]?.question ?? 'New conversation';
}

/** The newest conversations, ready to be kept; nothing in them is still under way. */
export function toKeep(conversations: readonly Conversation[]): Conversation[] {
  return conversations
    .filter((conversation) => conversation.exchanges.length > 0)
    .sort((one, other) => other.started - one.started)
    .slice(0, MOST_CONVERSATIONS)
    .map((conversation) => ({
      ...conversation,
      exchanges: conversation.exchanges.map((exchange) => ({
        ...exchange,
        state: exchange.state === 'waiting' || exchange.state === 'streaming' ? 'stopped' : exchange.state,
      })),
    }));
}
