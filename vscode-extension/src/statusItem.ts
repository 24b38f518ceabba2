/** The status item: who answers and what waits; a click shows the state, the log and what can be done. */

import * as vscode from 'vscode';
import type { RunningServer } from './running';
import { progressOf, statusView } from './statusText';
import { setContext } from './vscodeapi';

export function showStatusItem(server: RunningServer): vscode.Disposable {
  const item = vscode.window.createStatusBarItem('tandem.status', vscode.StatusBarAlignment.Right, 90);
  item.name = 'Tandem';
  item.command = 'tandem.showState';
  const draw = (): void => {
    const view = statusView(server.lifecycle, server.status);
    item.text = view.text;
    item.tooltip = new vscode.MarkdownString(view.lines.join('\n\n'));
    item.backgroundColor = view.warning ? new vscode.ThemeColor('statusBarItem.warningBackground') : undefined;
    setContext('tandem.running', server.lifecycle === 'running');
    const { ollamaFound, modelsPulled } = progressOf(server.status);
    setContext('tandem.ollamaFound', ollamaFound);
    setContext('tandem.modelsPulled', modelsPulled);
  };
  draw();
  item.show();
  return vscode.Disposable.from(item, server.onDidChange(draw));
}

/** The state as a list; what can be done stands below it. */
export async function showState(server: RunningServer): Promise<void> {
  const { status, isFresh } = await server.freshStatus();
  const view = statusView(server.lifecycle, status);
  const lines = isFresh ? view.lines : [...view.lines, 'The server does not answer now; this is what it said last.'];
  const actions: Record<string, string> = {
    '$(output) Show log': 'tandem.showLog',
    '$(cloud-download) Pull models': 'tandem.pullModels',
    '$(debug-restart) Restart the server': 'tandem.restart',
    '$(gear) Settings': 'tandem.openSettings',
    '$(book) Getting started': 'tandem.openWalkthrough',
  };
  const state = lines.map((line) => ({ label: line, kind: vscode.QuickPickItemKind.Default }));
  const separator = { label: 'Actions', kind: vscode.QuickPickItemKind.Separator };
  const choices = Object.keys(actions).map((label) => ({ label, kind: vscode.QuickPickItemKind.Default }));
  const chosen = await vscode.window.showQuickPick([...state, separator, ...choices], {
    title: 'Tandem',
    placeHolder: 'State of the server',
  });
  const command = chosen && actions[chosen.label];
  if (command) {
    await vscode.commands.executeCommand(command);
  }
}
