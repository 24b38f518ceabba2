/** The commands of the palette and the keys. */

import * as vscode from 'vscode';
import type { Asker } from './asker';
import { VIEW } from './askView';
import { ACTION_COMMAND, PULL_COMMAND, type PullArguments, type QuestionParams } from './messages';
import type { RunningServer } from './running';
import { showState } from './statusItem';

type Command = () => unknown;

async function showView(): Promise<void> {
  await vscode.commands.executeCommand(`${VIEW}.focus`);
}

async function askAboutCode(asker: Asker): Promise<void> {
  const question = await vscode.window.showInputBox({
    title: 'Ask Tandem',
    prompt: 'A question about this code',
    placeHolder: 'How does the cache find its key?',
  });
  if (question?.trim()) {
    await showView();
    await asker.ask(question.trim());
  }
}

/** Show the view and put a question that comes from a code action. */
export async function putQuestion(asker: Asker, question: QuestionParams): Promise<void> {
  await showView();
  await asker.put(question);
}

function isOurs(action: vscode.CodeAction): boolean {
  return action.command?.command === ACTION_COMMAND;
}

async function choose(actions: vscode.CodeAction[]): Promise<vscode.CodeAction | undefined> {
  if (actions.length < 2) {
    return actions[0];
  }
  const items = actions.map((action) => ({ label: action.title, action }));
  return (await vscode.window.showQuickPick(items, { title: 'Tandem' }))?.action;
}

/** Offer Tandem's own actions of `kind` at the cursor; a single one runs at once. */
async function runAction(kind: vscode.CodeActionKind): Promise<void> {
  const editor = vscode.window.activeTextEditor;
  if (!editor) {
    return;
  }
  const found = await vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    editor.document.uri,
    editor.selection,
    kind.value,
  );
  const ours = (found ?? []).filter(isOurs);
  if (ours.length === 0) {
    void vscode.window.showInformationMessage('Tandem has nothing to offer here.');
    return;
  }
  const command = (await choose(ours))?.command;
  if (command) {
    await vscode.commands.executeCommand(command.command, ...(command.arguments ?? []));
  }
}

async function pullModels(server: RunningServer): Promise<void> {
  const client = server.current;
  if (!client) {
    void vscode.window.showWarningMessage('The Tandem server is not running.');
    return;
  }
  const model = await vscode.window.showInputBox({
    title: 'Pull a model into Ollama',
    prompt: 'Empty pulls what your settings name and Ollama lacks. The download and the memory it takes are shown first.',
  });
  if (model === undefined) {
    return;
  }
  const args: PullArguments = model.trim() === '' ? {} : { model: model.trim() };
  await client.sendRequest('workspace/executeCommand', { command: PULL_COMMAND, arguments: [args] });
}

export function registerCommands(server: RunningServer, asker: Asker, extensionId: string): vscode.Disposable {
  const commands: Record<string, Command> = {
    'tandem.askAboutCode': () => askAboutCode(asker),
    'tandem.newConversation': () => {
      asker.start();
      return showView();
    },
    'tandem.stopAnswer': () => asker.stop(),
    'tandem.fixProblem': () => runAction(vscode.CodeActionKind.QuickFix),
    'tandem.rewriteCode': () => runAction(vscode.CodeActionKind.Refactor),
    'tandem.explainCode': () => runAction(vscode.CodeActionKind.Empty.append('tandem.ask')),
    'tandem.pullModels': () => pullModels(server),
    'tandem.restart': () => server.restart(),
    'tandem.showLog': () => server.channel.show(),
    'tandem.showState': () => showState(server),
    'tandem.openSettings': () => openSettings(`@ext:${extensionId}`),
    'tandem.openServerSettings': () => openSettings('tandem.server'),
    'tandem.openWalkthrough': () =>
      vscode.commands.executeCommand('workbench.action.openWalkthrough', `${extensionId}#start`, false),
    'tandem.suggestNow': () => vscode.commands.executeCommand('editor.action.inlineSuggest.trigger'),
  };
  const registered = Object.entries(commands).map(([name, run]) => vscode.commands.registerCommand(name, run));
  return vscode.Disposable.from(...registered);
}

function openSettings(query: string): Thenable<unknown> {
  return vscode.commands.executeCommand('workbench.action.openSettings', query);
}
