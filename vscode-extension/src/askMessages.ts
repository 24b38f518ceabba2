/** What the ask view and the extension tell each other. */

import type { Conversation } from './conversation';

export interface Listed {
  readonly id: string;
  readonly title: string;
}

export type ToView =
  | { readonly type: 'show'; readonly conversation: Conversation; readonly history: readonly Listed[] }
  | { readonly type: 'verified'; readonly paths: Readonly<Record<string, boolean>> };

export type FromView =
  | { readonly type: 'ready' }
  | { readonly type: 'ask'; readonly question: string }
  | { readonly type: 'stop' }
  | { readonly type: 'new' }
  | { readonly type: 'choose'; readonly id: string }
  | { readonly type: 'verify'; readonly paths: readonly string[] }
  | { readonly type: 'open'; readonly path: string; readonly line?: number };
