(parameter type: (_) @type name: (identifier) @name) @binding

(variable_declaration type: (_) @type (variable_declarator name: (identifier) @name)) @binding

(variable_declaration (variable_declarator name: (identifier) @name (_) @value)) @binding
