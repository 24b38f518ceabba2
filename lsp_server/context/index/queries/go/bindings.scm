(parameter_declaration name: (identifier) @name type: (_) @type) @binding

(var_spec name: (identifier) @name type: (_) @type) @binding

(var_spec name: (identifier) @name value: (expression_list . (_) @value)) @binding

(short_var_declaration
  left: (expression_list . (identifier) @name)
  right: (expression_list . (_) @value)) @binding

(range_clause left: (expression_list (identifier) @name .) right: (_) @value) @binding
