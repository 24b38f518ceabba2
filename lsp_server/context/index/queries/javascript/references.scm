(call_expression function: (identifier) @reference.call)

(call_expression function: (member_expression property: (property_identifier) @reference.call))

(new_expression constructor: (identifier) @reference.call)

(new_expression constructor: (member_expression property: (property_identifier) @reference.call))

(decorator (identifier) @reference.call)

(class_heritage (identifier) @reference.type)

(arguments (identifier) @reference.use)

(pair value: (identifier) @reference.use)

(member_expression object: (identifier) @reference.use)

(jsx_opening_element name: (identifier) @reference.call)

(jsx_self_closing_element name: (identifier) @reference.call)
