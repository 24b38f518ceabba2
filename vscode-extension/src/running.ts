/** The running server: started, restarted and stopped one at a time, with what it says of itself. */

import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { STATUS_COMMAND, TRUST, type QuestionParams, type StatusParams, type TrustParams } from './messages';
import { within } from './patience';
import { NoServer, findServer } from './server';
import type { Lifecycle } from './statusText';
import { complain } from './vscodeapi';

/** How long a click on the status item waits for the figures of this moment. */
const FRESH_MS = 2000;

export interface Told {
  readonly status: StatusParams | undefined;
  /** Whether the server said it when it was asked. */
  readonly isFresh: boolean;
}

export class RunningServer implements vscode.Disposable {
  private client: LanguageClient | undefined;
  private turn: Promise<void> = Promise.resolve();
  private readonly changed = new vscode.EventEmitter<void>();
  private readonly questioned = new vscode.EventEmitter<QuestionParams>();

  /** A question that the user chose as a code action. */
  readonly onQuestion = this.questioned.event;
  readonly onDidChange = this.changed.event;
  lifecycle: Lifecycle = 'starting';
  status: StatusParams | undefined;

  constructor(
    private readonly context: vscode.ExtensionContext,
    readonly channel: vscode.LogOutputChannel,
  ) {}

  /** The client, or undefined while no server runs. */
  get current(): LanguageClient | undefined {
    return this.lifecycle === 'running' ? this.client : undefined;
  }

  /** Start, or stop and start. Calls wait for each other, so that two never run at once. */
  restart(): Promise<void> {
    this.turn = this.turn.then(async () => {
      await this.stopNow();
      await this.startNow();
    });
    return this.turn;
  }

  stop(): Promise<void> {
    this.turn = this.turn.then(() => this.stopNow());
    return this.turn;
  }

  /** Tell the server that the user trusts the workspace now. */
  async grantTrust(): Promise<void> {
    const params: TrustParams = { trusted: true };
    await this.current?.sendNotification(TRUST, params);
  }

  /** The status of this moment; what waits and how fast is told only on request. A server that is silent has its last word. */
  async freshStatus(): Promise<Told> {
    const asked = this.current?.sendRequest<StatusParams | null>('workspace/executeCommand', { command: STATUS_COMMAND });
    try {
      const told = asked && (await within(FRESH_MS, asked));
      return { status: told ?? this.status, isFresh: true };
    } catch (error) {
      this.channel.warn(`The server did not tell its state: ${String(error)}`);
      return { status: this.status, isFresh: false };
    }
  }

  dispose(): void {
    this.changed.dispose();
    this.questioned.dispose();
  }

  private async stopNow(): Promise<void> {
    const client = this.client;
    this.client = undefined;
    await client?.dispose().catch((error: unknown) => this.channel.warn(`Stopping: ${String(error)}`));
  }

  private async startNow(): Promise<void> {
    this.become('starting');
    try {
      const command = await findServer(this.context, this.channel);
      // Most of the extension's code; not part of the activation that VS Code waits for.
      const { makeClient } = await import('./client.js');
      this.client = makeClient(this.context, command, this.channel, {
        become: (lifecycle) => this.become(lifecycle),
        heard: (status) => this.heard(status),
        questioned: (question) => this.questioned.fire(question),
      });
      await this.client.start();
    } catch (error) {
      this.become('stopped');
      this.channel.error(String(error));
      const actions = error instanceof NoServer ? error.actions : { 'Show log': 'tandem.showLog' };
      const sentence = error instanceof NoServer ? error.message : 'The Tandem server did not start.';
      void complain(sentence, actions);
    }
  }

  private heard(status: StatusParams): void {
    this.status = status;
    this.changed.fire();
  }

  private become(lifecycle: Lifecycle): void {
    this.lifecycle = lifecycle;
    if (lifecycle !== 'running') {
      this.status = undefined;
    }
    this.changed.fire();
  }
}
