/** The ask view: a webview that shows one conversation; every decision is made out here. */

import { randomBytes } from 'node:crypto';
import * as vscode from 'vscode';
import type { FromView, ToView } from './askMessages';
import type { Asker } from './asker';
import { openPlace, verified } from './places';

export const VIEW = 'tandem.ask';

function page(webview: vscode.Webview, root: vscode.Uri): string {
  const nonce = randomBytes(16).toString('base64');
  const script = webview.asWebviewUri(vscode.Uri.joinPath(root, 'out', 'ask.js'));
  const styles = webview.asWebviewUri(vscode.Uri.joinPath(root, 'media', 'ask.css'));
  const policy = `default-src 'none'; style-src ${webview.cspSource}; script-src 'nonce-${nonce}'`;
  return `<!DOCTYPE html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="Content-Security-Policy" content="${policy}">
    <link rel="stylesheet" href="${styles}">
  </head>
  <body>
    <main id="conversation" aria-live="polite"></main>
    <form id="form">
      <textarea id="question" rows="3" placeholder="Ask about this code" aria-label="Question" disabled></textarea>
      <div class="buttons">
        <select id="history" aria-label="Earlier conversations"></select>
        <button type="button" id="new">New</button>
        <button type="button" id="stop">Stop</button>
        <button type="submit" id="send">Ask</button>
      </div>
    </form>
    <script nonce="${nonce}" src="${script}"></script>
  </body>
</html>`;
}

export class AskView implements vscode.WebviewViewProvider {
  private view: vscode.WebviewView | undefined;

  constructor(
    private readonly root: vscode.Uri,
    private readonly asker: Asker,
  ) {
    asker.onDidChange(() => this.show());
  }

  resolveWebviewView(view: vscode.WebviewView): void {
    this.view = view;
    view.webview.options = { enableScripts: true, localResourceRoots: [this.root] };
    view.webview.onDidReceiveMessage((message: FromView) => this.receive(message));
    view.onDidDispose(() => {
      this.view = undefined;
    });
    view.webview.html = page(view.webview, this.root);
  }

  private show(): void {
    this.post({ type: 'show', conversation: this.asker.conversation, history: this.asker.listed() });
  }

  private post(message: ToView): void {
    void this.view?.webview.postMessage(message);
  }

  private async receive(message: FromView): Promise<void> {
    switch (message.type) {
      case 'ready':
        return this.show();
      case 'ask':
        return this.asker.ask(message.question);
      case 'stop':
        return this.asker.stop();
      case 'new':
        return this.asker.start();
      case 'choose':
        return this.asker.choose(message.id);
      case 'verify':
        return this.post({ type: 'verified', paths: await verified(message.paths) });
      case 'open':
        return openPlace(message.path, message.line);
    }
  }
}
