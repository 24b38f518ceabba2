(invocation_expression function: (identifier) @reference.call)

(invocation_expression function: (generic_name (identifier) @reference.call))

(invocation_expression function: (member_access_expression name: (identifier) @reference.call))

(invocation_expression
  function: (member_access_expression name: (generic_name (identifier) @reference.call)))

(object_creation_expression type: (identifier) @reference.call)

(object_creation_expression type: (generic_name (identifier) @reference.call))

(attribute name: (identifier) @reference.type)

(base_list (identifier) @reference.type)

(base_list (generic_name (identifier) @reference.type))

(type_argument_list (identifier) @reference.type)

(method_declaration returns: (identifier) @reference.type)

(parameter type: (identifier) @reference.type)

(parameter type: (generic_name (identifier) @reference.type))

(property_declaration type: (identifier) @reference.type)

(variable_declaration type: (identifier) @reference.type)

(variable_declaration type: (generic_name (identifier) @reference.type))

(cast_expression type: (identifier) @reference.type)

(member_access_expression expression: (identifier) @reference.use)

(argument (identifier) @reference.use)
