--- The names on the wire that are Tandem's own; docs/protocol.md describes them.
return {
  client = 'tandem',
  ask = 'tandem/ask',
  status = 'tandem/status',
  question = 'tandem/question',
  diagnostics = 'tandem/diagnostics',
  trust = 'tandem/didChangeTrust',
  inline = 'textDocument/inlineCompletion',
  run_action = 'tandem.action',
  pull = 'tandem.pull',
  report = 'tandem.status',
}
