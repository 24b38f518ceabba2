/** Tandem's own messages. Mirrors lsp_server/protocol/messages.py; a test compares the two. */

import type { Position, Range, TextDocumentIdentifier } from 'vscode-languageclient/node';

export const ASK = 'tandem/ask';
export const STATUS = 'tandem/status';
export const ACTION_COMMAND = 'tandem.action';
export const PULL_COMMAND = 'tandem.pull';

export interface Turn {
  question: string;
  answer: string;
}

export interface AskParams {
  question: string;
  textDocument?: TextDocumentIdentifier;
  position?: Position;
  range?: Range;
  history?: Turn[];
  partialResultToken?: number | string;
  workDoneToken?: number | string;
}

export type PieceKind = 'thinking' | 'text' | 'note';

export interface AnswerPiece {
  kind: PieceKind;
  text: string;
}

export interface AskResult {
  answer: string;
  thinking: string;
  notes: string;
}

export interface StatusParams {
  executor: string;
  planner: string;
  state: string;
  detail: Record<string, unknown>;
}

export interface PullArguments {
  model?: string;
}
