/** Lets VS Code ask for text at the cursor once more, where no model was ready when it asked. */

import * as vscode from 'vscode';
import type { StatusParams } from './messages';
import { Unanswered, isSame, type Asked } from './unanswered';

type Offered = vscode.InlineCompletionItem[] | vscode.InlineCompletionList | null | undefined;
type Provide = vscode.InlineCompletionItemProvider['provideInlineCompletionItems'];

const { Automatic } = vscode.InlineCompletionTriggerKind;

function askedAt(document: vscode.TextDocument, position: vscode.Position): Asked {
  return { uri: document.uri.toString(), version: document.version, line: position.line, character: position.character };
}

/** Where text would appear by itself: one cursor, and nothing selected. */
function cursor(): Asked | undefined {
  const editor = vscode.window.activeTextEditor;
  const alone = editor?.selections.length === 1 && editor.selection.isEmpty;
  return alone ? askedAt(editor.document, editor.selection.active) : undefined;
}

function count(offered: Offered): number {
  return (Array.isArray(offered) ? offered : (offered?.items ?? [])).length;
}

export class AskAgain {
  private readonly unanswered = new Unanswered();
  private again: Asked | undefined;

  /** Stands between VS Code and the client. */
  async provide(
    document: vscode.TextDocument,
    position: vscode.Position,
    context: vscode.InlineCompletionContext,
    token: vscode.CancellationToken,
    next: Provide,
  ): Promise<Offered> {
    const asked = askedAt(document, position);
    const { again } = this;
    this.again = undefined;
    const isAgain = again !== undefined && isSame(again, asked);
    const triggerKind = isAgain ? Automatic : context.triggerKind;
    this.unanswered.begin(asked);
    const offered = await next(document, position, { ...context, triggerKind }, token);
    // What was asked by key the server answers once the model is there; VS Code would not ask for it twice.
    if (triggerKind === Automatic && !token.isCancellationRequested) {
      this.unanswered.end(asked, count(offered));
    }
    return offered;
  }

  /** The server has said how things stand. */
  async heard(status: StatusParams): Promise<void> {
    this.again = this.unanswered.heard(status, cursor());
    if (this.again) {
      // The one command that makes VS Code ask counts as a key of the user's; `provide` sets that right.
      await vscode.commands.executeCommand('editor.action.inlineSuggest.trigger');
    }
  }
}
