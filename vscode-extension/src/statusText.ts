/** What the status item says, from what the server said. */

import type { StatusParams } from './messages';

export interface StatusView {
  readonly text: string;
  readonly lines: readonly string[];
  readonly warning: boolean;
}

export type Lifecycle = 'starting' | 'running' | 'stopped';

/** A value of the detail as text; empty where it says nothing. */
function show(value: unknown): string {
  if (Array.isArray(value)) {
    return value.map(show).join(', ');
  }
  if (typeof value === 'object' && value !== null) {
    return Object.keys(value).length > 0 ? JSON.stringify(value) : '';
  }
  return String(value ?? '');
}

/** `tokens_per_second` reads as `tokens per second`. */
function humanName(name: string): string {
  return name.replaceAll('_', ' ');
}

function details(status: StatusParams): string[] {
  return Object.entries(status.detail)
    // A problem is told in a notice, with what to do about it.
    .filter(([name, value]) => name !== 'problem' && show(value) !== '')
    .map(([name, value]) => `${humanName(name)}: ${show(value)}`);
}

export function statusView(lifecycle: Lifecycle, status: StatusParams | undefined): StatusView {
  if (lifecycle === 'stopped') {
    return { text: '$(error) Tandem', lines: ['The server is not running. Click to start it.'], warning: true };
  }
  if (lifecycle === 'starting' || !status) {
    return { text: '$(loading~spin) Tandem', lines: ['The server is starting.'], warning: false };
  }
  const ready = status.state === 'ready';
  return {
    text: ready ? `$(sparkle) ${status.executor}` : `$(sparkle) Tandem: ${status.state}`,
    lines: [
      `Completes and fixes: ${status.executor}`,
      `Answers questions: ${status.planner}`,
      `State: ${status.state}`,
      ...details(status),
      ...(status.notices ?? []).map((notice) => `${notice.sentence} ${notice.advice}`.trim()),
    ],
    warning: false,
  };
}
