/** Questions of the ask view: sent, streamed into a conversation, stopped, kept. */

import { randomUUID } from 'node:crypto';
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import type { Listed } from './askMessages';
import {
  add,
  begin,
  newConversation,
  settle,
  title,
  toKeep,
  turns,
  type Conversation,
  type Exchange,
} from './conversation';
import type { AnswerPiece, AskParams, QuestionParams } from './messages';
import type { RunningServer } from './running';

const KEPT = 'tandem.conversations';
const REDRAW_MS = 50;

/** Where the question is asked: the file in front, its cursor and what is selected. */
function placeOfEditor(client: LanguageClient): Partial<AskParams> {
  const editor = vscode.window.activeTextEditor;
  if (!editor || !['file', 'untitled'].includes(editor.document.uri.scheme)) {
    return {};
  }
  const convert = client.code2ProtocolConverter;
  const place = {
    textDocument: convert.asTextDocumentIdentifier(editor.document),
    position: convert.asPosition(editor.selection.active),
  };
  return editor.selection.isEmpty ? place : { ...place, range: convert.asRange(editor.selection) };
}

export class Asker implements vscode.Disposable {
  private readonly changed = new vscode.EventEmitter<void>();
  private running: vscode.CancellationTokenSource | undefined;
  private redraw: NodeJS.Timeout | undefined;
  private kept: Conversation[];

  readonly onDidChange = this.changed.event;
  conversation: Conversation;

  constructor(
    private readonly memory: vscode.Memento,
    private readonly server: RunningServer,
  ) {
    this.kept = memory.get<Conversation[]>(KEPT, []);
    this.conversation = newConversation(randomUUID(), Date.now());
  }

  listed(): Listed[] {
    return this.kept.map((conversation) => ({ id: conversation.id, title: title(conversation) }));
  }

  /** Ask within the conversation; what was said before goes along. */
  ask(question: string): Promise<void> {
    const client = this.server.current;
    return this.put({ question, ...(client ? placeOfEditor(client) : {}) });
  }

  /** Put a question that knows its place already. */
  async put(question: QuestionParams): Promise<void> {
    this.stop();
    const client = this.server.current;
    const { conversation } = this;
    const history = turns(conversation);
    const exchange = begin(conversation, question.question);
    if (!client) {
      this.fail(exchange, 'The server is not running. Restart it from the status bar.');
      return;
    }
    this.changed.fire();
    const params: AskParams = {
      ...question,
      ...(history.length > 0 ? { history } : {}),
      partialResultToken: randomUUID(),
    };
    await this.stream(client, params, exchange);
    await this.keep(conversation);
  }

  stop(): void {
    this.running?.cancel();
    this.running = undefined;
  }

  /** Begin a new conversation. */
  start(): void {
    this.stop();
    this.conversation = newConversation(randomUUID(), Date.now());
    this.changed.fire();
  }

  /** Show an earlier conversation; it can be gone on with. */
  choose(id: string): void {
    this.stop();
    this.conversation = this.kept.find((conversation) => conversation.id === id) ?? this.conversation;
    this.changed.fire();
  }

  dispose(): void {
    this.stop();
    clearTimeout(this.redraw);
    this.changed.dispose();
  }

  private async stream(client: LanguageClient, params: AskParams, exchange: Exchange): Promise<void> {
    const source = new vscode.CancellationTokenSource();
    this.running = source;
    const take = (value: AnswerPiece): void => {
      add(exchange, value);
      this.drawSoon();
    };
    try {
      const { streamAnswer } = await import('./client.js');
      settle(exchange, await streamAnswer(client, params, take, source.token));
    } catch (error) {
      if (source.token.isCancellationRequested) {
        exchange.state = 'stopped';
      } else {
        this.fail(exchange, error instanceof Error ? error.message : String(error));
      }
    } finally {
      source.dispose();
      if (this.running === source) {
        this.running = undefined;
      }
    }
  }

  private fail(exchange: Exchange, failure: string): void {
    exchange.state = 'failed';
    exchange.failure = failure;
    this.changed.fire();
  }

  private drawSoon(): void {
    this.redraw ??= setTimeout(() => {
      this.redraw = undefined;
      this.changed.fire();
    }, REDRAW_MS);
  }

  private async keep(asked: Conversation): Promise<void> {
    const others = this.kept.filter((conversation) => conversation.id !== asked.id);
    this.kept = toKeep([asked, ...others]);
    this.changed.fire();
    await this.memory.update(KEPT, this.kept);
  }
}
