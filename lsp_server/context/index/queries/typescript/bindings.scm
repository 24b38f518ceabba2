(required_parameter pattern: (identifier) @name type: (type_annotation (_) @type)) @binding

(optional_parameter pattern: (identifier) @name type: (type_annotation (_) @type)) @binding

(variable_declarator name: (identifier) @name type: (type_annotation (_) @type)) @binding

(variable_declarator name: (identifier) @name value: (_) @value) @binding

(public_field_definition name: (property_identifier) @member type: (type_annotation (_) @type)) @binding

(public_field_definition name: (property_identifier) @member value: (_) @value) @binding

(assignment_expression
  left: (member_expression object: (this) property: (property_identifier) @member)
  right: (_) @value) @binding

(for_in_statement left: (identifier) @name right: (_) @value) @binding

(binary_expression left: (identifier) @name operator: "instanceof" right: (_) @type) @binding
