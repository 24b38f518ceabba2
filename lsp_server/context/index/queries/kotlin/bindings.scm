(parameter (identifier) @name (_) @type) @binding

(class_parameter (identifier) @name (_) @type) @binding

(variable_declaration (identifier) @name (user_type) @type) @binding

(property_declaration (variable_declaration (identifier) @name) (call_expression) @value) @binding
