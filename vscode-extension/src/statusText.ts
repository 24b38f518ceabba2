/** What the status item says, from what the server said. */

import type { StatusParams } from './messages';

export interface StatusView {
  readonly text: string;
  readonly lines: readonly string[];
  readonly warning: boolean;
}

export type Lifecycle = 'starting' | 'running' | 'stopped';

type Fields = Record<string, unknown>;

const GIGABYTE = 1e9;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** `sizeOnGpu` and `size_on_gpu` read as `size on gpu`. */
function humanName(name: string): string {
  return name.replaceAll('_', ' ').replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}

/** A value of the detail as text; empty where it says nothing. */
function show(value: unknown, name = ''): string {
  if (Array.isArray(value)) {
    return value.map((one) => show(one)).join('; ');
  }
  if (isFields(value)) {
    const parts = Object.entries(value).map(([key, one]) => `${humanName(key)} ${show(one, key)}`);
    return parts.join(', ');
  }
  if (typeof value === 'number' && name.startsWith('size')) {
    return `${(value / GIGABYTE).toFixed(1)} GB`;
  }
  return String(value ?? '');
}

/** One line a field; a field that holds one entry for each model or role gets a line for each. */
function linesOf(name: string, value: unknown): string[] {
  if (isFields(value) && Object.values(value).some(isFields)) {
    return Object.entries(value).flatMap(([key, one]) => linesOf(`${name}, ${key}`, one));
  }
  const text = show(value, name);
  return text === '' ? [] : [`${humanName(name)}: ${text}`];
}

function details(status: StatusParams): string[] {
  const { summary } = status.detail;
  if (Array.isArray(summary)) {
    return summary.map(String);
  }
  return (
    Object.entries(status.detail)
      // A problem is told in a notice, with what to do about it.
      .filter(([name]) => name !== 'problem')
      .flatMap(([name, value]) => linesOf(name, value))
  );
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

const ROLES = ['executor', 'planner'];

function endpointsOf(status: StatusParams | undefined): Record<string, Fields> {
  const { endpoints } = status?.detail ?? {};
  return isFields(endpoints) ? (endpoints as Record<string, Fields>) : {};
}

/** How far the user has come with the models, for the walkthrough; a role at another server than Ollama needs neither Ollama nor a pull. */
export function progressOf(status: StatusParams | undefined): { ollamaFound: boolean; modelsPulled: boolean } {
  const version = status?.detail['version'];
  const endpoints = endpointsOf(status);
  const elsewhere = ROLES.every((role) => role in endpoints);
  const ollamaFound = elsewhere || (typeof version === 'string' && version !== '');
  const missing = (status?.notices ?? []).some((notice) => notice.missing !== '');
  const answering = Object.values(endpoints).every((one) => one['problem'] === '' && one['model'] !== '');
  return { ollamaFound, modelsPulled: ollamaFound && !missing && answering };
}
