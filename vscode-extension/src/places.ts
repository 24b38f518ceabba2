/** Files that an answer names: whether they are there, and showing them. */

import { isAbsolute, normalize, resolve } from 'node:path';
import * as vscode from 'vscode';
import { isInside, placeOf } from './links';
import { workspaceRoots } from './vscodeapi';

/** The file below a folder of the workspace that `path` names, or undefined; what lies outside is not looked at. */
async function inWorkspace(path: string): Promise<vscode.Uri | undefined> {
  const roots = workspaceRoots();
  const candidates = isAbsolute(path) ? [normalize(path)] : roots.map((root) => resolve(root, path));
  for (const candidate of candidates) {
    const uri = vscode.Uri.file(candidate);
    if (isInside(candidate, roots) && (await exists(uri))) {
      return uri;
    }
  }
  return undefined;
}

async function exists(uri: vscode.Uri): Promise<boolean> {
  try {
    return (await vscode.workspace.fs.stat(uri)).type !== vscode.FileType.Directory;
  } catch (error) {
    if (error instanceof vscode.FileSystemError) {
      return false;
    }
    throw error;
  }
}

/** For each text whether it names a file that is there. */
export async function verified(texts: readonly string[]): Promise<Record<string, boolean>> {
  const found = await Promise.all(
    texts.map(async (text): Promise<[string, boolean]> => {
      const place = placeOf(text);
      return [text, place !== undefined && (await inWorkspace(place.path)) !== undefined];
    }),
  );
  return Object.fromEntries(found);
}

/** Show a file of the workspace at a line, counted from 1. */
export async function openPlace(path: string, line: number | undefined): Promise<void> {
  const uri = await inWorkspace(path);
  if (!uri) {
    void vscode.window.showWarningMessage(`${path} is not in this workspace.`);
    return;
  }
  const at = new vscode.Position(Math.max(0, (line ?? 1) - 1), 0);
  await vscode.window.showTextDocument(uri, { selection: new vscode.Range(at, at), preview: true });
}
