(simple_parameter type: (_) @type name: (variable_name (name) @name)) @binding

(assignment_expression left: (variable_name (name) @name) right: (_) @value) @binding

(property_declaration type: (_) @type (property_element name: (variable_name (name) @member))) @binding
