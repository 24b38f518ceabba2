(method_invocation name: (identifier) @reference.call)

(method_reference (identifier) @reference.call .)

(object_creation_expression type: (type_identifier) @reference.call)

(type_identifier) @reference.type
