(function_declaration name: (identifier) @name body: (_) @body) @definition.function

(generator_function_declaration name: (identifier) @name body: (_) @body) @definition.function

(class_declaration name: (identifier) @name body: (_) @body) @definition.class

(method_definition name: (property_identifier) @name body: (_) @body) @definition.method

(method_definition name: (private_property_identifier) @name body: (_) @body) @definition.method

(field_definition property: (property_identifier) @name) @definition.field

(program (lexical_declaration (variable_declarator name: (identifier) @name)) @definition.constant)

(program (variable_declaration (variable_declarator name: (identifier) @name)) @definition.constant)

(program
  (export_statement
    declaration: (lexical_declaration (variable_declarator name: (identifier) @name))) @definition.constant)

(program
  (export_statement
    declaration: (lexical_declaration
      (variable_declarator
        name: [
          (array_pattern (identifier) @name)
          (object_pattern (shorthand_property_identifier_pattern) @name)
          (object_pattern (pair_pattern value: (identifier) @name))
        ]))) @definition.constant)

(assignment_expression
  left: (member_expression property: (property_identifier) @name)
  right: (function_expression body: (_) @body)) @definition.function

(program
  (expression_statement
    (assignment_expression
      left: (member_expression property: (property_identifier) @name)) @definition.constant))
