(call function: (identifier) @reference.call)

(call function: (attribute attribute: (identifier) @reference.call))

(decorator (identifier) @reference.call)

(class_definition superclasses: (argument_list (identifier) @reference.type))

(type (identifier) @reference.type)

(type (generic_type (identifier) @reference.type))

(except_clause (identifier) @reference.type)
