/** The settings that the user wrote, as the server's tree; defaults stay at home, so that files count. */

export interface Inspected {
  readonly globalValue?: unknown;
  readonly workspaceValue?: unknown;
  readonly workspaceFolderValue?: unknown;
}

export type Tree = { [name: string]: unknown };

/** Settings that are the extension's own and mean nothing to the server. */
const OURS = ['server.'];

function put(tree: Tree, path: readonly string[], value: unknown): void {
  const [name, ...rest] = path;
  if (name === undefined) {
    return;
  }
  if (rest.length === 0) {
    tree[name] = value;
    return;
  }
  const child = (tree[name] ??= {}) as Tree;
  put(child, rest, value);
}

/** Build the tree from `names` (without the prefix `tandem.`); the nearest scope wins. */
export function explicitSettings(
  names: readonly string[],
  inspect: (name: string) => Inspected | undefined,
): Tree {
  const tree: Tree = {};
  for (const name of names) {
    const found = inspect(name);
    const value = found?.workspaceFolderValue ?? found?.workspaceValue ?? found?.globalValue;
    if (value !== undefined && !OURS.some((prefix) => name.startsWith(prefix))) {
      put(tree, name.split('.'), value);
    }
  }
  return tree;
}
