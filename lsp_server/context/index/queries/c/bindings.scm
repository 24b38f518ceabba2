(parameter_declaration type: (_) @type declarator: (identifier) @name) @binding

(parameter_declaration
  type: (_) @type
  declarator: (pointer_declarator declarator: (identifier) @name)) @binding

(declaration type: (_) @type declarator: (identifier) @name) @binding

(declaration type: (_) @type declarator: (init_declarator declarator: (identifier) @name)) @binding

(declaration
  type: (_) @type
  declarator: (init_declarator declarator: (pointer_declarator declarator: (identifier) @name))) @binding
