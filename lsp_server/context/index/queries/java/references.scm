(method_invocation name: (identifier) @reference.call)

(method_reference (_) (identifier) @reference.call)

(object_creation_expression type: (type_identifier) @reference.call)

(object_creation_expression type: (generic_type (type_identifier) @reference.call))

(marker_annotation name: (identifier) @reference.type)

(annotation name: (identifier) @reference.type)

(type_identifier) @reference.type

(method_invocation object: (identifier) @reference.use)

(field_access object: (identifier) @reference.use)

(method_reference . (identifier) @reference.use)
