/** The first lines of a definition: those that a reader needs to use it. */

const MOST_LINES = 8;
const OPENING = /[([]/g;
const CLOSING = /[)\]]/g;

/** Returns lines from `first` until their round and square brackets are closed. */
export function headerOf(lineAt: (line: number) => string, first: number, lineCount: number): string {
  const lines: string[] = [];
  let open = 0;
  for (let line = first; line < Math.min(lineCount, first + MOST_LINES); line++) {
    const text = lineAt(line);
    lines.push(text);
    open += (text.match(OPENING)?.length ?? 0) - (text.match(CLOSING)?.length ?? 0);
    if (open <= 0 && text.trim() !== '' && !text.trimStart().startsWith('@')) {
      break;
    }
  }
  return `${lines.join('\n').trimEnd()}\n`;
}
