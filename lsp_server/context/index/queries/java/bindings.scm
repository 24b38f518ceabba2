(formal_parameter type: (_) @type name: (identifier) @name) @binding

(local_variable_declaration
  type: (_) @type
  declarator: (variable_declarator name: (identifier) @name)) @binding

(local_variable_declaration
  declarator: (variable_declarator name: (identifier) @name value: (_) @value)) @binding

(field_declaration type: (_) @type declarator: (variable_declarator name: (identifier) @name)) @binding

(enhanced_for_statement type: (_) @type name: (identifier) @name) @binding

(enhanced_for_statement name: (identifier) @name value: (_) @value) @binding

(resource type: (_) @type name: (identifier) @name) @binding
