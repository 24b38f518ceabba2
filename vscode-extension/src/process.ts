/** Running programs: their output, or a failure that says what they printed last. */

import { execFile, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

export class Failed extends Error {}

const PROBE_SECONDS = 15;

/** What `command` prints, or undefined when it cannot be run or fails. */
export function output(command: string, args: readonly string[]): Promise<string | undefined> {
  return new Promise((resolve) => {
    execFile(command, [...args], { timeout: PROBE_SECONDS * 1000 }, (error, stdout) => {
      resolve(error ? undefined : stdout);
    });
  });
}

/** Run `command` to its end; each line that it prints goes to `tell`. Rejects with `Failed`. */
export function run(
  command: string,
  args: readonly string[],
  tell: (line: string) => void,
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, [...args], { signal, stdio: ['ignore', 'pipe', 'pipe'] });
    let last = '';
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on('line', (line) => {
        last = line.trim() || last;
        tell(line);
      });
    }
    child.on('error', (error) => reject(new Failed(error.message)));
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Failed(last || `exit code ${code}`))));
  });
}
