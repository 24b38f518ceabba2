/** Finds the server, or installs it with progress. */

import * as vscode from 'vscode';
import { install } from './install';
import { locate } from './locate';
import { Failed } from './process';
import { machineOf, serverSetting } from './vscodeapi';

export class NoServer extends Error {
  constructor(
    message: string,
    readonly actions: Record<string, string>,
  ) {
    super(message);
  }
}

const OPEN_SETTINGS = { 'Open settings': 'tandem.openServerSettings', 'Try again': 'tandem.restart' };
const TRY_AGAIN = { 'Show log': 'tandem.showLog', ...OPEN_SETTINGS };

async function installWithProgress(
  context: vscode.ExtensionContext,
  channel: vscode.LogOutputChannel,
): Promise<string> {
  const options = {
    location: vscode.ProgressLocation.Notification,
    title: 'Tandem: installing the server',
    cancellable: true,
  };
  return vscode.window.withProgress(options, async (progress, token) => {
    const abort = new AbortController();
    token.onCancellationRequested(() => abort.abort());
    try {
      return await install({
        machine: machineOf(context),
        wheels: context.asAbsolutePath('bundled'),
        python: serverSetting('python'),
        step: (message) => progress.report({ message }),
        log: (line) => channel.info(line),
        signal: abort.signal,
      });
    } catch (error) {
      if (abort.signal.aborted) {
        throw new NoServer('The installation of the Tandem server was cancelled.', OPEN_SETTINGS);
      }
      const why = error instanceof Failed ? error.message : String(error);
      throw new NoServer(`The Tandem server could not be installed: ${why}`, TRY_AGAIN);
    }
  });
}

/** The command that starts the server. Rejects with `NoServer`. */
export async function findServer(
  context: vscode.ExtensionContext,
  channel: vscode.LogOutputChannel,
): Promise<string> {
  const location = await locate(serverSetting('path'), machineOf(context));
  if (location.kind === 'install') {
    return installWithProgress(context, channel);
  }
  if (location.kind === 'missing-setting') {
    throw new NoServer(`tandem.server.path names ${location.path}, which does not exist.`, OPEN_SETTINGS);
  }
  channel.info(`The server is ${location.command} (${location.from}).`);
  return location.command;
}
