/** Places in files that an answer names; pure, so that the view and the tests share it. */

export interface FilePlace {
  readonly path: string;
  readonly line?: number;
}

const WITH_LINE = /^(?<path>[^\s#:]+\.[A-Za-z0-9]+)(?:(?::|#L)(?<line>\d+)(?:[-:]L?\d+)?)?$/;
const ADDRESS = /^file:\/\/(?<path>\/[^#]+)(?:#L(?<line>\d+)(?:[-:]L?\d+)?)?$/;

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    if (error instanceof URIError) {
      return text;
    }
    throw error;
  }
}

/** The place that `text` names: `a/b.py`, `a/b.py:12`, `a/b.py#L12` or a `file:` address; else undefined. */
export function placeOf(text: string): FilePlace | undefined {
  const groups = (ADDRESS.exec(text) ?? WITH_LINE.exec(text))?.groups;
  if (!groups?.['path']) {
    return undefined;
  }
  const path = text.startsWith('file:') ? decoded(groups['path']) : groups['path'];
  const line = groups['line'];
  return line === undefined ? { path } : { path, line: Number(line) };
}

const SOURCE = /\.(c|cc|cpp|cs|go|h|hpp|java|js|json|jsx|kt|lua|md|mjs|php|py|pyi|rb|rs|sh|toml|ts|tsx|txt|yaml|yml)$/;

/** Whether `text` can only mean a file; `Store.put` may be a method and is no missing file. */
export function looksLikeFile(text: string): boolean {
  const place = placeOf(text);
  return place !== undefined && (place.line !== undefined || SOURCE.test(place.path) || place.path.includes('/'));
}

/** Whether `path`, absolute and normal, lies in one of `roots`. */
export function isInside(path: string, roots: readonly string[]): boolean {
  return roots.some((root) => path === root || path.startsWith(root.endsWith('/') ? root : `${root}/`));
}
