/** Installs the server from the wheel in the extension into an environment of its own. */

import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { environmentFolder, findPython, inEnvironment, installedMark, type Machine } from './locate';
import { Failed, run } from './process';

export interface Install {
  readonly machine: Machine;
  readonly wheels: string;
  readonly python: string;
  step(message: string): void;
  log(line: string): void;
  readonly signal: AbortSignal;
}

async function bundledWheel(folder: string): Promise<string> {
  const names = await readdir(folder).catch(() => []);
  const wheel = names.find((name) => name.endsWith('.whl'));
  if (!wheel) {
    throw new Failed('the extension holds no server; reinstall it, or set tandem.server.path');
  }
  return join(folder, wheel);
}

function stepOf(line: string): string | undefined {
  const match = /^(Collecting|Downloading|Installing|Building wheel for)\s+(\S+)/.exec(line.trim());
  return match ? `${match[1]} ${match[2]}` : undefined;
}

/** Make the environment and put the server in; returns the command that starts it. Rejects with `Failed`. */
export async function install(job: Install): Promise<string> {
  const { machine } = job;
  const wheel = await bundledWheel(job.wheels);
  job.step('looking for Python');
  const python = await findPython(job.python, machine);
  if (python === undefined) {
    throw new Failed('no Python 3.11, 3.12 or 3.13 was found; install one, or set tandem.server.python');
  }
  const folder = environmentFolder(machine);
  await rm(folder, { recursive: true, force: true });
  await mkdir(machine.storage, { recursive: true });
  job.step('making an environment');
  await run(python, ['-m', 'venv', folder], job.log, job.signal);
  const tell = (line: string): void => {
    job.log(line);
    const step = stepOf(line);
    if (step) {
      job.step(step);
    }
  };
  // Python compiles what it imports at the first start; compiling all that is never imported takes half of the time.
  const options = ['--disable-pip-version-check', '--no-input', '--no-compile'];
  const pip = ['-m', 'pip', 'install', ...options, wheel];
  await run(inEnvironment(machine, 'python'), pip, tell, job.signal);
  await writeFile(installedMark(machine), `${machine.version}\n`);
  return inEnvironment(machine, 'tandem-ls');
}
