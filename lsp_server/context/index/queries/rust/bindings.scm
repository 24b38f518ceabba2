(parameter pattern: (identifier) @name type: (_) @type) @binding

(parameter pattern: (mut_pattern (identifier) @name) type: (_) @type) @binding

(let_declaration pattern: (identifier) @name type: (_) @type) @binding

(let_declaration pattern: (identifier) @name value: (_) @value) @binding

(let_declaration pattern: (mut_pattern (identifier) @name) value: (_) @value) @binding

(let_condition
  pattern: (tuple_struct_pattern (identifier) @name)
  value: (_) @value) @binding

(for_expression pattern: (identifier) @name value: (_) @value) @binding

(closure_parameters (parameter pattern: (identifier) @name type: (_) @type)) @binding
