(variable_declarator name: (identifier) @name value: (_) @value) @binding

(assignment_expression
  left: (member_expression object: (this) property: (property_identifier) @member)
  right: (_) @value) @binding

(for_in_statement left: (identifier) @name right: (_) @value) @binding
