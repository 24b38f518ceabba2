/** The language client: one server for all folders of the window. Its own bundle, loaded when the server starts. */

import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import * as vscode from 'vscode';
import {
  DidChangeConfigurationNotification,
  LanguageClient,
  State,
  TransportKind,
  type LanguageClientOptions,
  type ServerOptions,
  type StaticFeature,
} from 'vscode-languageclient/node';
import { AskAgain } from './askAgain';
import { namedDefinitions } from './elsewhere';
import type { Tree } from './explicit';
import { runCommand } from './instructions';
import {
  DEFINITIONS,
  DIAGNOSTICS,
  QUESTION,
  STATUS,
  type DefinitionsParams,
  type DiagnosticsParams,
  type QuestionParams,
  type StatusParams,
} from './messages';
import { CancellableProgress } from './progress';
import { shownDiagnostics } from './shown';
import type { Lifecycle } from './statusText';
import { writtenSettings } from './vscodeapi';

export { streamAnswer } from './answers';

const LIFECYCLES: Record<State, Lifecycle> = {
  [State.Starting]: 'starting',
  [State.StartFailed]: 'stopped',
  [State.Running]: 'running',
  [State.Stopped]: 'stopped',
};

/** Tells the server that questions of its actions can be put to our view, and what it may ask the window for. */
const ours: StaticFeature = {
  fillClientCapabilities(capabilities) {
    const tandem = { definitions: true, diagnostics: true, questions: true };
    capabilities.experimental = { ...(capabilities.experimental ?? {}), tandem };
  },
  initialize: () => undefined,
  getState: () => ({ kind: 'static' }),
  clear: () => undefined,
};

const serverOptions = (command: string): ServerOptions => ({ command, transport: TransportKind.stdio });

/** Who hears of the server. */
export interface Listener {
  become(lifecycle: Lifecycle): void;
  heard(status: StatusParams): void;
  questioned(question: QuestionParams): void;
}

/** The server logs to stderr; those lines are no errors. */
function logLines(input: Readable, channel: vscode.LogOutputChannel): void {
  createInterface({ input }).on('line', (line) => channel.info(line));
}

function clientOptions(
  context: vscode.ExtensionContext,
  channel: vscode.LogOutputChannel,
  client: () => LanguageClient,
  progress: CancellableProgress,
  askAgain: AskAgain,
): LanguageClientOptions {
  return {
    documentSelector: [{ scheme: 'file' }, { scheme: 'untitled' }],
    outputChannel: channel,
    stdioOptions: { stdout: logLines, stderr: logLines },
    initializationOptions: () => ({
      ...writtenSettings(context),
      trusted: vscode.workspace.isTrusted,
    }),
    middleware: {
      executeCommand: runCommand,
      provideInlineCompletionItems: (...args) => askAgain.provide(...args),
      handleWorkDoneProgress: (token, step, next) => progress.take(token, step, () => next(token, step)),
      workspace: {
        didChangeConfiguration: () => pushSettings(context, client()),
        configuration: (params) =>
          params.items.map((item): Tree | null => {
            const scope = item.scopeUri === undefined ? undefined : vscode.Uri.parse(item.scopeUri);
            return item.section === 'tandem' ? writtenSettings(context, scope) : null;
          }),
      },
    },
    markdown: { isTrusted: false, supportHtml: false },
  };
}

/** Tell the server of changed settings; a server that pulls them gets the same from `configuration`. */
async function pushSettings(context: vscode.ExtensionContext, client: LanguageClient): Promise<void> {
  const settings = { tandem: writtenSettings(context) };
  await client.sendNotification(DidChangeConfigurationNotification.type, { settings });
}

export function makeClient(
  context: vscode.ExtensionContext,
  command: string,
  channel: vscode.LogOutputChannel,
  listener: Listener,
): LanguageClient {
  const progress = new CancellableProgress(() => client);
  const askAgain = new AskAgain();
  const options = clientOptions(context, channel, () => client, progress, askAgain);
  const client: LanguageClient = new LanguageClient('tandem', 'Tandem', serverOptions(command), options);
  client.registerFeature(ours);
  client.onRequest(DEFINITIONS, (params: DefinitionsParams) => namedDefinitions(client, params));
  client.onRequest(DIAGNOSTICS, (params: DiagnosticsParams) => shownDiagnostics(client, params));
  client.onNotification(QUESTION, (question: QuestionParams) => listener.questioned(question));
  client.onNotification(STATUS, (status: StatusParams) => {
    listener.heard(status);
    void askAgain.heard(status);
  });
  client.onDidChangeState((event) => {
    listener.become(LIFECYCLES[event.newState]);
    if (event.newState === State.Stopped) {
      progress.endAll();
    }
  });
  return client;
}
