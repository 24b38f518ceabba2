/** Progress of tasks that can be cancelled: a notice with a Cancel button, once a task takes its time. */

import * as vscode from 'vscode';
import {
  WorkDoneProgressCancelNotification,
  type LanguageClient,
  type ProgressToken,
  type WorkDoneProgressBegin,
  type WorkDoneProgressEnd,
  type WorkDoneProgressReport,
} from 'vscode-languageclient/node';

type Step = WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd;

/** What is over sooner needs no notice. */
const PATIENCE_MS = 400;

class Notice {
  private readonly timer: NodeJS.Timeout;
  private message: string | undefined;
  private tell: ((message: string | undefined) => void) | undefined;
  private finish: () => void = () => undefined;
  private readonly over = new Promise<void>((resolve) => (this.finish = resolve));

  constructor(begin: WorkDoneProgressBegin, cancel: () => void) {
    this.message = begin.message;
    this.timer = setTimeout(() => void this.show(begin.title, cancel), PATIENCE_MS);
  }

  report(message: string | undefined): void {
    this.message = message ?? this.message;
    this.tell?.(this.message);
  }

  end(): void {
    clearTimeout(this.timer);
    this.finish();
  }

  private async show(title: string, cancel: () => void): Promise<void> {
    const options = { location: vscode.ProgressLocation.Notification, title: `Tandem: ${title}`, cancellable: true };
    await vscode.window.withProgress(options, async (progress, token) => {
      token.onCancellationRequested(cancel);
      this.tell = (message) => progress.report(message === undefined ? {} : { message });
      this.tell(this.message);
      await this.over;
    });
  }
}

/** Shows what can be cancelled with a button to do so, beside what the client itself shows. */
export class CancellableProgress {
  private readonly notices = new Map<ProgressToken, Notice>();

  constructor(private readonly client: () => LanguageClient) {}

  /** Take one step of some work; the client has to hear of every one, since it lets go of the token at the end. */
  take(token: ProgressToken, step: Step, next: () => void): void {
    const notice = this.notices.get(token);
    if (step.kind === 'begin' && step.cancellable) {
      this.notices.set(token, new Notice(step, () => this.cancel(token)));
    } else if (step.kind === 'report') {
      notice?.report(step.message);
    } else if (step.kind === 'end') {
      notice?.end();
      this.notices.delete(token);
    }
    next();
  }

  /** The server is gone, and its work with it. */
  endAll(): void {
    this.notices.forEach((notice) => notice.end());
    this.notices.clear();
  }

  private cancel(token: ProgressToken): void {
    void this.client().sendNotification(WorkDoneProgressCancelNotification.type, { token });
  }
}
