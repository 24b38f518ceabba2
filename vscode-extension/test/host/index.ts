/** What VS Code runs in its extension host: mocha over the tests beside this file. */

import Mocha from 'mocha';
import { join } from 'node:path';

export function run(): Promise<void> {
  // VS Code gathers what mocha prints and hands it to the page that opened it.
  const mocha = new Mocha({ ui: 'tdd', color: false, timeout: 20000, reporter: 'spec' });
  mocha.addFile(join(__dirname, 'extension.host.js'));
  return new Promise((resolve, reject) => {
    mocha.run((failures) => (failures > 0 ? reject(new Error(`${failures} tests failed`)) : resolve()));
  });
}
