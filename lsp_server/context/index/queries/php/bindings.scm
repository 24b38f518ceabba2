(simple_parameter type: (_) @type name: (variable_name) @name) @binding

(property_promotion_parameter type: (_) @type name: (variable_name (name) @member) @name) @binding

(assignment_expression left: (variable_name) @name right: (_) @value) @binding

(assignment_expression
  left: (member_access_expression object: (variable_name) @this name: (name) @member)
  right: (_) @value
  (#eq? @this "$this")) @binding

(property_declaration type: (_) @type (property_element name: (variable_name (name) @member))) @binding
