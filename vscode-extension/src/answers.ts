/** An answer on its way: its pieces as they come, and how it ended. */

import type { CancellationToken } from 'vscode';
import { ProgressType, ResponseError, type LanguageClient } from 'vscode-languageclient/node';
import { ASK, type AnswerPiece, type AskParams, type AskResult } from './messages';

const piece = new ProgressType<AnswerPiece>();

/** Ask; `take` gets each piece. Rejects with an error whose message is a sentence for the user. */
export async function streamAnswer(
  client: LanguageClient,
  params: AskParams,
  take: (value: AnswerPiece) => void,
  token: CancellationToken,
): Promise<AskResult> {
  const listener = client.onProgress(piece, params.partialResultToken ?? '', take);
  try {
    return await client.sendRequest<AskResult>(ASK, params, token);
  } catch (error) {
    const told = error instanceof ResponseError;
    throw new Error(told ? error.message : 'The server ended before the answer was whole. Ask again.', { cause: error });
  } finally {
    listener.dispose();
  }
}
