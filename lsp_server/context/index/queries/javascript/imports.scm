(import_statement) @import

(export_statement source: (string)) @import

(variable_declarator
  value: (call_expression function: (identifier) @callee (#eq? @callee "require"))) @import

(variable_declarator value: (await_expression (call_expression function: (import)))) @import

(call_expression function: (import) arguments: (arguments (string))) @import
