(call function: (identifier) @reference.call)

(call function: (attribute attribute: (identifier) @reference.call))

(decorator (identifier) @reference.call)

(decorator (attribute attribute: (identifier) @reference.call))

(type (identifier) @reference.type)

(type (attribute attribute: (identifier) @reference.type))

(type (generic_type (identifier) @reference.type))

(type (binary_operator (identifier) @reference.type))

(type (subscript value: (identifier) @reference.type))

(class_definition superclasses: (argument_list (identifier) @reference.type))

(class_definition superclasses: (argument_list (attribute attribute: (identifier) @reference.type)))

(except_clause value: (identifier) @reference.type)

(argument_list (identifier) @reference.use)

(keyword_argument value: (identifier) @reference.use)

(attribute object: (identifier) @reference.use)
