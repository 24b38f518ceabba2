(call_expression function: (qualified_identifier name: (identifier) @reference.call))

(call_expression function: (template_function name: (identifier) @reference.call))

(call_expression
  function: (qualified_identifier name: (template_function name: (identifier) @reference.call)))

(new_expression type: (type_identifier) @reference.call)

(class_specifier name: (type_identifier) @reference.own body: (_))

(qualified_identifier scope: (namespace_identifier) @reference.use)
