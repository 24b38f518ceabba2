(call_expression function: (identifier) @reference.call)

(call_expression function: (scoped_identifier name: (identifier) @reference.call))

(call_expression function: (field_expression field: (field_identifier) @reference.call))

(call_expression function: (generic_function function: (identifier) @reference.call))

(call_expression
  function: (generic_function function: (scoped_identifier name: (identifier) @reference.call)))

(call_expression
  function: (generic_function function: (field_expression field: (field_identifier) @reference.call)))

(macro_invocation macro: (identifier) @reference.call)

(macro_invocation macro: (scoped_identifier name: (identifier) @reference.call))

(type_identifier) @reference.type

(struct_item name: (type_identifier) @reference.own)

(enum_item name: (type_identifier) @reference.own)

(union_item name: (type_identifier) @reference.own)

(trait_item name: (type_identifier) @reference.own)

(type_item name: (type_identifier) @reference.own)

(scoped_identifier path: (identifier) @reference.use)

(tuple_struct_pattern type: (identifier) @reference.use)

(arguments (identifier) @reference.use)
