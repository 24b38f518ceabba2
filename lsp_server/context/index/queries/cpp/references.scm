(call_expression function: (qualified_identifier name: (identifier) @reference.call))

(new_expression type: (type_identifier) @reference.call)
