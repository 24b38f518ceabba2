(call_expression function: (identifier) @reference.call)

(call_expression function: (selector_expression field: (field_identifier) @reference.call))

(type_identifier) @reference.type

(type_spec name: (type_identifier) @reference.own)

(type_alias name: (type_identifier) @reference.own)

(argument_list (identifier) @reference.use)

(argument_list (selector_expression field: (field_identifier) @reference.use))

(keyed_element value: (literal_element (identifier) @reference.use))
