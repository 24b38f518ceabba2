/** Places in files that an answer names; pure, so that the view and the tests share it. */

export interface FilePlace {
  readonly path: string;
  readonly line?: number;
}

const WITH_LINE = /^(?<path>[^\s#:]+\.[A-Za-z0-9]+)(?:(?::|#L)(?<line>\d+)(?:[-:]L?\d+)?)?$/;

/** The place that `text` names: `a/b.py`, `a/b.py:12`, `a/b.py#L12` or a `file:` address; else undefined. */
export function placeOf(text: string): FilePlace | undefined {
  const local = text.startsWith('file://') ? decodeURIComponent(text.slice('file://'.length)) : text;
  const groups = WITH_LINE.exec(local)?.groups;
  if (!groups?.['path'] || local.includes('://')) {
    return undefined;
  }
  const line = groups['line'];
  return line === undefined ? { path: groups['path'] } : { path: groups['path'], line: Number(line) };
}

/** Whether `path`, absolute and normal, lies in one of `roots`. */
export function isInside(path: string, roots: readonly string[]): boolean {
  return roots.some((root) => path === root || path.startsWith(root.endsWith('/') ? root : `${root}/`));
}
