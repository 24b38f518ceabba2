/** Tandem in VS Code: puts the parts together. */

import * as vscode from 'vscode';
import { AskView, VIEW } from './askView';
import { Asker } from './asker';
import { putQuestion, registerCommands } from './commands';
import { RunningServer } from './running';
import { showStatusItem } from './statusItem';

let server: RunningServer | undefined;

/** Settings that only a new process can take. */
function needsRestart(event: vscode.ConfigurationChangeEvent): boolean {
  return event.affectsConfiguration('tandem.server');
}

/** Returns what tests look at. The server starts without being waited for: activation stays short. */
export function activate(context: vscode.ExtensionContext): { server: RunningServer; asker: Asker } {
  const channel = vscode.window.createOutputChannel('Tandem', { log: true });
  const running = new RunningServer(context, channel);
  const asker = new Asker(context.workspaceState, running);
  server = running;
  const view = new AskView(context.extensionUri, asker);
  context.subscriptions.push(
    channel,
    running,
    asker,
    showStatusItem(running),
    registerCommands(running, asker, context.extension.id),
    vscode.window.registerWebviewViewProvider(VIEW, view, { webviewOptions: { retainContextWhenHidden: true } }),
    vscode.workspace.onDidGrantWorkspaceTrust(() => running.grantTrust()),
    running.onQuestion((question) => putQuestion(asker, question)),
    vscode.workspace.onDidChangeConfiguration((event) => needsRestart(event) && running.restart()),
  );
  // Looking for the server starts processes: not within the activation that VS Code waits for.
  const soon = setImmediate(() => void running.restart());
  context.subscriptions.push({ dispose: () => clearImmediate(soon) });
  return { server: running, asker };
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
