/** What VS Code shows as wrong in a document, whoever found it; Tandem itself makes no diagnostics. */

import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import type { DiagnosticsParams, DiagnosticsResult } from './messages';

/** Null for a document that is not open: its version is not known then. */
export async function shownDiagnostics(
  client: LanguageClient,
  params: DiagnosticsParams,
): Promise<DiagnosticsResult | null> {
  const uri = client.protocol2CodeConverter.asUri(params.textDocument.uri);
  const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri.toString());
  if (document === undefined) {
    return null;
  }
  const { version } = document;
  const shown = vscode.languages.getDiagnostics(uri);
  return { version, diagnostics: await client.code2ProtocolConverter.asDiagnostics(shown) };
}
