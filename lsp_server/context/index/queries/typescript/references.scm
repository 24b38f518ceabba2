(call_expression function: (identifier) @reference.call)

(call_expression function: (member_expression property: (property_identifier) @reference.call))

(new_expression constructor: (identifier) @reference.call)

(new_expression constructor: (member_expression property: (property_identifier) @reference.call))

(decorator (identifier) @reference.call)

(extends_clause value: (identifier) @reference.type)

(type_identifier) @reference.type

(class_declaration name: (type_identifier) @reference.own)

(abstract_class_declaration name: (type_identifier) @reference.own)

(interface_declaration name: (type_identifier) @reference.own)

(type_alias_declaration name: (type_identifier) @reference.own)

(type_parameter name: (type_identifier) @reference.own)

(arguments (identifier) @reference.use)

(pair value: (identifier) @reference.use)

(member_expression object: (identifier) @reference.use)
