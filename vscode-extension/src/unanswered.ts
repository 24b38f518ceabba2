/** Requests for text at the cursor that were answered with nothing: who could not answer then may be ready a moment later. */

import type { StatusParams } from './messages';

export interface Asked {
  readonly uri: string;
  readonly version: number;
  readonly line: number;
  readonly character: number;
}

/** Whether text can come now from a model that could not give any before. */
function isReadier(before: StatusParams | undefined, now: StatusParams): boolean {
  if (now.state === 'built-in') {
    return false;
  }
  return now.executor !== before?.executor || (now.executorInMemory && !before.executorInMemory);
}

export class Unanswered {
  private newest: Asked | undefined;
  private inVain: Asked | undefined;
  private status: StatusParams | undefined;

  /** A request goes out; it takes the place of an older one. */
  begin(asked: Asked): void {
    this.newest = asked;
    this.inVain = undefined;
  }

  /** The answer to a request that nobody has withdrawn held so many items. */
  end(asked: Asked, items: number): void {
    if (asked === this.newest && items === 0) {
      this.inVain = asked;
    }
  }

  /** What to ask again now that the server says `status`; undefined where the user is no longer there. */
  heard(status: StatusParams, cursor: Asked | undefined): Asked | undefined {
    const before = this.status;
    this.status = status;
    const { inVain } = this;
    if (!isReadier(before, status) || inVain === undefined || cursor === undefined || !isSame(inVain, cursor)) {
      return undefined;
    }
    this.inVain = undefined;
    return inVain;
  }
}

export function isSame(one: Asked, other: Asked): boolean {
  const names: (keyof Asked)[] = ['uri', 'version', 'line', 'character'];
  return names.every((name) => one[name] === other[name]);
}
