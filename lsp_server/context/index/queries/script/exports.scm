(export_statement (export_clause (export_specifier name: (_) @name !alias)))

(export_statement (export_clause (export_specifier alias: (_) @name)))

(export_statement (namespace_export (_) @name))

(export_statement "*" source: (string)) @passed

(export_statement "default" value: (identifier) @default)

(export_statement "default" @default value: [(object) (array) (arrow_function) (class !name)
  (function_expression !name) (call_expression) (new_expression) (string) (template_string)])

(assignment_expression
  left: (_) @target (#any-of? @target "exports" "module.exports")
  right: [
    (identifier) @default
    (object [(shorthand_property_identifier) @name (pair key: (_) @name)
      (method_definition name: (_) @name)])
    (class name: (_) @default)
    (function_expression name: (_) @default)])

(assignment_expression
  left: (_) @target (#any-of? @target "exports" "module.exports")
  right: (call_expression
    function: (identifier) @callee (#eq? @callee "require") arguments: (_))) @passed

(assignment_expression left: (member_expression
  object: (_) @target (#any-of? @target "exports" "module.exports")
  property: (property_identifier) @name))
