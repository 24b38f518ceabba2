/** What the other language servers of the window know of the names at a place, for the server that asks. */

import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import { headerOf } from './header';
import type { DefinitionsParams, DefinitionsResult, NamedDefinition } from './messages';

/** The server waits no longer than a quarter of a second; what came until then is told. */
const MOST_MILLISECONDS = 200;

/** Null for a document that is not open. Definitions come in the order of the positions. */
export async function namedDefinitions(
  client: LanguageClient,
  params: DefinitionsParams,
): Promise<DefinitionsResult | null> {
  const uri = client.protocol2CodeConverter.asUri(params.textDocument.uri);
  const document = vscode.workspace.textDocuments.find((one) => one.uri.toString() === uri.toString());
  if (document === undefined) {
    return null;
  }
  const found: (NamedDefinition | undefined)[] = params.positions.map(() => undefined);
  const asking = params.positions.map(async (position, index) => {
    const at = client.protocol2CodeConverter.asPosition(position);
    found[index] = await definitionAt(client, document, at).catch(() => undefined);
  });
  await Promise.race([Promise.all(asking), new Promise((resolve) => setTimeout(resolve, MOST_MILLISECONDS))]);
  return { definitions: found.filter((one) => one !== undefined) };
}

async function definitionAt(
  client: LanguageClient,
  document: vscode.TextDocument,
  position: vscode.Position,
): Promise<NamedDefinition | undefined> {
  const word = document.getWordRangeAtPosition(position);
  const locations = await vscode.commands.executeCommand<(vscode.Location | vscode.LocationLink)[]>(
    'vscode.executeDefinitionProvider',
    document.uri,
    position,
  );
  const [first] = locations;
  if (word === undefined || first === undefined) {
    return undefined;
  }
  const place = 'targetUri' in first ? new vscode.Location(first.targetUri, first.targetRange) : first;
  if (place.uri.toString() === document.uri.toString()) {
    return undefined;
  }
  const target = await vscode.workspace.openTextDocument(place.uri);
  const text = headerOf((line) => target.lineAt(line).text, place.range.start.line, target.lineCount);
  const range = client.code2ProtocolConverter.asRange(place.range);
  return { name: document.getText(word), uri: client.code2ProtocolConverter.asUri(place.uri), range, text };
}
