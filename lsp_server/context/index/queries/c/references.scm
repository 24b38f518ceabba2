(call_expression function: (identifier) @reference.call)

(call_expression function: (field_expression field: (field_identifier) @reference.call))

(type_identifier) @reference.type

(struct_specifier name: (type_identifier) @reference.own body: (_))

(union_specifier name: (type_identifier) @reference.own body: (_))

(enum_specifier name: (type_identifier) @reference.own body: (_))

(type_definition declarator: (type_identifier) @reference.own)

(argument_list (identifier) @reference.use)

(argument_list (pointer_expression argument: (identifier) @reference.use))

(initializer_list (identifier) @reference.use)

(initializer_pair value: (identifier) @reference.use)
