/** The seam to VS Code: what is asked of the editor and of this machine, in one place. */

import { existsSync } from 'node:fs';
import * as vscode from 'vscode';
import { explicitSettings, type Tree } from './explicit';
import type { Machine } from './locate';
import { output } from './process';

export function machineOf(context: vscode.ExtensionContext): Machine {
  return {
    windows: process.platform === 'win32',
    storage: context.globalStorageUri.fsPath,
    version: String(context.extension.packageJSON.version),
    exists: existsSync,
    output,
  };
}

/** A setting of the extension itself; machine scope, so no workspace can set it. */
export function serverSetting(name: 'path' | 'python'): string {
  return vscode.workspace.getConfiguration('tandem.server').get<string>(name, '').trim();
}

/** What the user wrote of the server's settings, for a folder or for the window. */
export function writtenSettings(context: vscode.ExtensionContext, scope?: vscode.Uri): Tree {
  const groups = context.extension.packageJSON.contributes.configuration as {
    properties: Record<string, unknown>;
  }[];
  const names = groups
    .flatMap((group) => Object.keys(group.properties))
    .map((name) => name.slice('tandem.'.length));
  const configuration = vscode.workspace.getConfiguration('tandem', scope);
  return explicitSettings(names, (name) => configuration.inspect(name));
}

export function setContext(name: string, value: unknown): void {
  void vscode.commands.executeCommand('setContext', name, value);
}

export function workspaceRoots(): string[] {
  return (vscode.workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
}

/** One sentence, and what can be done about it as buttons. */
export async function complain(sentence: string, actions: Record<string, string>): Promise<void> {
  const chosen = await vscode.window.showErrorMessage(sentence, ...Object.keys(actions));
  const command = chosen === undefined ? undefined : actions[chosen];
  if (command !== undefined) {
    await vscode.commands.executeCommand(command);
  }
}
