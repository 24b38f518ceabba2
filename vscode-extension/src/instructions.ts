/** Asks for what an action cannot know: by which words code is to be rewritten. */

import * as vscode from 'vscode';
import type { ExecuteCommandSignature } from 'vscode-languageclient/node';
import { ACTION_COMMAND, type ActionArguments } from './messages';

function lacksInstruction(command: string, args: readonly unknown[]): args is [ActionArguments] {
  const first = args[0] as ActionArguments | undefined;
  return command === ACTION_COMMAND && first?.action === 'rewrite' && !first.arguments?.['instruction'];
}

/** Pass a command on to the server; a rewrite gets its instruction first, and none means none is made. */
export async function runCommand(
  command: string,
  args: unknown[],
  next: ExecuteCommandSignature,
): Promise<unknown> {
  if (!lacksInstruction(command, args)) {
    return next(command, args);
  }
  const instruction = await vscode.window.showInputBox({
    title: 'Rewrite the code',
    prompt: 'What should be different?',
    placeHolder: 'Use a list comprehension',
  });
  if (!instruction?.trim()) {
    return undefined;
  }
  const [first] = args;
  return next(command, [{ ...first, arguments: { ...first.arguments, instruction: instruction.trim() } }]);
}
