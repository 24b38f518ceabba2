(function_call_expression function: (name) @reference.call)

(member_call_expression name: (name) @reference.call)

(scoped_call_expression name: (name) @reference.call)

(object_creation_expression (name) @reference.call)

(named_type (name) @reference.type)

(base_clause (name) @reference.type)
