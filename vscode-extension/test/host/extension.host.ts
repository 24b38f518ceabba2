/** The extension seen from inside its host, in a window of two folders. */

import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { Asker } from '../../src/asker';
import type { RunningServer } from '../../src/running';

interface Exports {
  readonly server: RunningServer;
  readonly asker: Asker;
}

function extension(): vscode.Extension<Exports> {
  const found = vscode.extensions.getExtension<Exports>('tandem-ls.tandem');
  assert.ok(found, 'the extension is not there');
  return found;
}

async function until(what: string, look: () => boolean): Promise<void> {
  const end = Date.now() + 15000;
  while (!look()) {
    assert.ok(Date.now() < end, `never saw: ${what}`);
    await new Promise((done) => setTimeout(done, 20));
  }
}

suite('Tandem in its host', () => {
  let parts: Exports;

  suiteSetup(async () => {
    parts = await extension().activate();
    await until('a running server', () => parts.server.status !== undefined);
  });

  test('it runs where the code is, also when that is another machine', () => {
    assert.equal(extension().extensionKind, vscode.ExtensionKind.Workspace);
    assert.notEqual(vscode.env.remoteName, undefined);
  });

  test('every command of its manifest is there', async () => {
    const known = new Set(await vscode.commands.getCommands(true));
    const ours = extension().packageJSON.contributes.commands as { command: string }[];
    assert.deepEqual(ours.filter(({ command }) => !known.has(command)), []);
  });

  test('one server serves both folders', () => {
    const folders = vscode.workspace.workspaceFolders ?? [];
    assert.equal(folders.length, 2);
    const client = parts.server.current;
    assert.ok(client);
    assert.equal(client.initializeResult?.serverInfo?.name, 'tandem-ls');
  });

  test('a file of the second folder gets a suggestion and a fix', async () => {
    const second = (vscode.workspace.workspaceFolders ?? [])[1];
    assert.ok(second);
    const uri = vscode.Uri.joinPath(second.uri, 'broken.py');
    const document = await vscode.workspace.openTextDocument(uri);
    await vscode.window.showTextDocument(document);
    const line = document.lineAt(0).range;
    const actions = await vscode.commands.executeCommand<vscode.CodeAction[]>('vscode.executeCodeActionProvider', uri, line);
    const fix = actions.find((action) => action.command?.command === 'tandem.action');
    assert.ok(fix?.command, 'no fix was offered');
    await vscode.commands.executeCommand(fix.command.command, ...(fix.command.arguments ?? []));
    await until('the fix', () => document.lineAt(0).text === 'def broken(items):');
    await vscode.commands.executeCommand('undo');
    await until('the fault again', () => document.lineAt(0).text === 'def broken(items)');
  });

  test('a question is answered from both folders', async () => {
    await parts.asker.ask('Where is the total_price computed?');
    const [exchange] = parts.asker.conversation.exchanges.slice(-1);
    assert.equal(exchange?.state, 'done');
    assert.match(exchange?.text ?? '', /total_price/);
  });

  test('a setting of a folder cannot name a program or an address', async () => {
    const [first] = vscode.workspace.workspaceFolders ?? [];
    assert.ok(first);
    for (const name of ['server.path', 'ollama.host']) {
      const value = vscode.workspace.getConfiguration('tandem', first.uri).get<string | null>(name) ?? '';
      assert.doesNotMatch(value, /evil/);
    }
  });
});
