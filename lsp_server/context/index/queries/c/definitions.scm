(function_definition
  declarator: (function_declarator declarator: (identifier) @name)
  body: (_) @body) @definition.function

(function_definition
  declarator: (pointer_declarator declarator: (function_declarator declarator: (identifier) @name))
  body: (_) @body) @definition.function

(declaration
  declarator: (function_declarator declarator: (identifier) @name)) @definition.function

(declaration
  declarator: (pointer_declarator
    declarator: (function_declarator declarator: (identifier) @name))) @definition.function

(struct_specifier name: (type_identifier) @name body: (_) @body) @definition.struct

(union_specifier name: (type_identifier) @name body: (_) @body) @definition.struct

(enum_specifier name: (type_identifier) @name body: (_) @body) @definition.enum

(enumerator name: (identifier) @name) @definition.field

(field_declaration declarator: (field_identifier) @name) @definition.field

(field_declaration declarator: (pointer_declarator declarator: (field_identifier) @name)) @definition.field

(field_declaration
  declarator: (pointer_declarator
    declarator: (pointer_declarator declarator: (field_identifier) @name))) @definition.field

(field_declaration
  declarator: (function_declarator
    declarator: (parenthesized_declarator (pointer_declarator declarator: (field_identifier) @name)))) @definition.field

(field_declaration declarator: (array_declarator declarator: (field_identifier) @name)) @definition.field

(type_definition declarator: (type_identifier) @name) @definition.type

(type_definition declarator: (pointer_declarator declarator: (type_identifier) @name)) @definition.type

(type_definition
  declarator: (function_declarator
    declarator: (parenthesized_declarator (pointer_declarator declarator: (type_identifier) @name)))) @definition.type

(preproc_def name: (identifier) @name) @definition.macro

(preproc_function_def name: (identifier) @name) @definition.macro

(translation_unit (declaration declarator: (identifier) @name) @definition.variable)

(translation_unit
  (declaration
    declarator: [
      (pointer_declarator declarator: (identifier) @name)
      (array_declarator declarator: (identifier) @name)
    ]) @definition.variable)

(translation_unit
  (declaration declarator: (init_declarator declarator: (identifier) @name)) @definition.variable)

(translation_unit
  (declaration
    declarator: (init_declarator declarator: (pointer_declarator declarator: (identifier) @name))) @definition.variable)

(translation_unit
  (declaration
    declarator: (init_declarator declarator: (array_declarator declarator: (identifier) @name))) @definition.variable)
