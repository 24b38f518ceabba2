/** Tandem's own messages. Mirrors lsp_server/protocol/messages.py; a test compares the two. */

import type { Diagnostic, Position, Range, TextDocumentIdentifier } from 'vscode-languageclient/node';

export const ASK = 'tandem/ask';
export const STATUS = 'tandem/status';
export const QUESTION = 'tandem/question';
export const DIAGNOSTICS = 'tandem/diagnostics';
export const DEFINITIONS = 'tandem/definitions';
export const TRUST = 'tandem/didChangeTrust';
export const ACTION_COMMAND = 'tandem.action';
export const PULL_COMMAND = 'tandem.pull';
export const STATUS_COMMAND = 'tandem.status';

export interface Exchange {
  question: string;
  answer: string;
}

export interface AskParams {
  question: string;
  textDocument?: TextDocumentIdentifier;
  position?: Position;
  range?: Range;
  history?: Exchange[];
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

export interface Notice {
  key: string;
  sentence: string;
  advice: string;
  missing: string;
}

export interface StatusParams {
  executor: string;
  planner: string;
  state: string;
  detail: Record<string, unknown>;
  notices: Notice[];
  executorInMemory: boolean;
}

export interface QuestionParams {
  question: string;
  textDocument?: TextDocumentIdentifier;
  position?: Position;
  range?: Range;
}

export interface DiagnosticsParams {
  textDocument: TextDocumentIdentifier;
}

export interface DiagnosticsResult {
  version: number;
  diagnostics: Diagnostic[];
}

export interface DefinitionsParams {
  textDocument: TextDocumentIdentifier;
  positions: Position[];
}

export interface NamedDefinition {
  name: string;
  uri: string;
  range: Range;
  text: string;
}

export interface DefinitionsResult {
  definitions: NamedDefinition[];
}

export interface TrustParams {
  trusted: boolean;
}

export interface ActionArguments {
  action: string;
  textDocument: TextDocumentIdentifier;
  range: Range;
  title?: string;
  version?: number;
  diagnostics?: unknown[];
  arguments?: Record<string, unknown>;
}

export interface PullArguments {
  model?: string;
}
