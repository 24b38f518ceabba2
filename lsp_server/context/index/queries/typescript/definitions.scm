(function_declaration name: (identifier) @name body: (_) @body) @definition.function

(generator_function_declaration name: (identifier) @name body: (_) @body) @definition.function

(function_signature name: (identifier) @name) @definition.function

(class_declaration name: (type_identifier) @name body: (_) @body) @definition.class

(abstract_class_declaration name: (type_identifier) @name body: (_) @body) @definition.class

(interface_declaration name: (type_identifier) @name body: (_) @body) @definition.interface

(type_alias_declaration name: (type_identifier) @name) @definition.type

(enum_declaration name: (identifier) @name body: (_) @body) @definition.enum

(enum_body name: (property_identifier) @name @definition.field)

(enum_body (enum_assignment name: (property_identifier) @name) @definition.field)

(internal_module name: (identifier) @name body: (_) @body) @definition.namespace

(module name: (_) @name body: (_) @body) @definition.namespace

(method_definition name: (property_identifier) @name body: (_) @body) @definition.method

(method_definition name: (private_property_identifier) @name body: (_) @body) @definition.method

(method_signature name: (property_identifier) @name) @definition.method

(abstract_method_signature name: (property_identifier) @name) @definition.method

(property_signature name: (property_identifier) @name) @definition.field

(public_field_definition name: (property_identifier) @name) @definition.field

(required_parameter
  (accessibility_modifier)
  pattern: (identifier) @name) @definition.field

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

(statement_block
  (export_statement
    declaration: (lexical_declaration (variable_declarator name: (identifier) @name))) @definition.constant)

(ambient_declaration (lexical_declaration (variable_declarator name: (identifier) @name))) @definition.constant
