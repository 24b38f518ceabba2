(import_statement) @import

(export_statement source: (string)) @import

(variable_declarator
  value: (call_expression function: (identifier) @callee (#eq? @callee "require"))) @import
