/** Where the server is: told by the user, installed by us, on the path, or to be installed. */

import { join } from 'node:path';

export interface Machine {
  readonly windows: boolean;
  readonly storage: string;
  readonly version: string;
  exists(path: string): boolean;
  /** What a program prints, or undefined when it cannot be run or fails. */
  output(command: string, args: readonly string[]): Promise<string | undefined>;
}

export type Location =
  | { readonly kind: 'found'; readonly command: string; readonly from: 'setting' | 'private' | 'path' }
  | { readonly kind: 'missing-setting'; readonly path: string }
  | { readonly kind: 'install' };

/** The folder of the environment that holds this version of the server. */
export function environmentFolder(machine: Machine): string {
  return join(machine.storage, `server-${machine.version}`);
}

export function inEnvironment(machine: Machine, program: string): string {
  const folder = machine.windows ? 'Scripts' : 'bin';
  return join(environmentFolder(machine), folder, machine.windows ? `${program}.exe` : program);
}

/** Written last of all, so that an installation that was cut off is done again. */
export function installedMark(machine: Machine): string {
  return join(environmentFolder(machine), 'installed');
}

async function onPath(machine: Machine): Promise<boolean> {
  const printed = await machine.output('tandem-ls', ['--version']);
  return printed?.trim().split(' ').at(-1) === machine.version;
}

/** Find the server. One on the path is taken only if it has the extension's own version. */
export async function locate(setting: string, machine: Machine): Promise<Location> {
  if (setting !== '') {
    return machine.exists(setting)
      ? { kind: 'found', command: setting, from: 'setting' }
      : { kind: 'missing-setting', path: setting };
  }
  if (machine.exists(installedMark(machine))) {
    return { kind: 'found', command: inEnvironment(machine, 'tandem-ls'), from: 'private' };
  }
  if (await onPath(machine)) {
    return { kind: 'found', command: 'tandem-ls', from: 'path' };
  }
  return { kind: 'install' };
}

const NEWEST_FIRST = ['python3.13', 'python3.12', 'python3.11', 'python3', 'python'];
const PROBE = 'import ensurepip, sys, venv; print(sys.version_info >= (3, 11) and sys.version_info < (3, 14))';

/** The first Python that can carry the server, or undefined. */
export async function findPython(setting: string, machine: Machine): Promise<string | undefined> {
  const candidates = setting !== '' ? [setting] : machine.windows ? ['py', ...NEWEST_FIRST] : NEWEST_FIRST;
  for (const candidate of candidates) {
    if ((await machine.output(candidate, ['-c', PROBE]))?.trim() === 'True') {
      return candidate;
    }
  }
  return undefined;
}
