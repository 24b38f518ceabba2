(class_specifier name: (type_identifier) @name body: (_) @body) @definition.class

(namespace_definition name: (namespace_identifier) @name body: (_) @body) @definition.namespace

(alias_declaration name: (type_identifier) @name) @definition.type

(field_declaration declarator: (reference_declarator (field_identifier) @name)) @definition.field

(concept_definition name: (identifier) @name) @definition.type

(function_definition
  declarator: (function_declarator declarator: (field_identifier) @name)
  body: (_) @body) @definition.method

(function_definition
  declarator: (function_declarator
    declarator: (qualified_identifier name: (identifier) @name))
  body: (_) @body) @definition.method

(function_definition
  declarator: (reference_declarator (function_declarator declarator: (field_identifier) @name))
  body: (_) @body) @definition.method

(function_definition
  declarator: (reference_declarator (function_declarator declarator: (identifier) @name))
  body: (_) @body) @definition.function

(function_definition
  declarator: (reference_declarator
    (function_declarator declarator: (qualified_identifier name: (identifier) @name)))
  body: (_) @body) @definition.method

(function_definition
  declarator: (pointer_declarator
    declarator: (function_declarator declarator: (field_identifier) @name))
  body: (_) @body) @definition.method

(function_definition
  declarator: (pointer_declarator
    declarator: (function_declarator
      declarator: (qualified_identifier name: (identifier) @name)))
  body: (_) @body) @definition.method

(field_declaration
  declarator: (function_declarator declarator: (field_identifier) @name)) @definition.method

(field_declaration
  declarator: (reference_declarator (function_declarator declarator: (field_identifier) @name))) @definition.method

(field_declaration
  declarator: (pointer_declarator
    declarator: (function_declarator declarator: (field_identifier) @name))) @definition.method

(function_definition
  declarator: (function_declarator
    declarator: (qualified_identifier
      name: (qualified_identifier name: (identifier) @name)))
  body: (_) @body) @definition.method
