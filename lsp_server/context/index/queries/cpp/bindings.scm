(parameter_declaration
  type: (_) @type
  declarator: (reference_declarator (identifier) @name)) @binding

(declaration declarator: (init_declarator declarator: (identifier) @name value: (_) @value)) @binding
