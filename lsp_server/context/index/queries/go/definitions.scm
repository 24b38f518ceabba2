(function_declaration name: (identifier) @name body: (_) @body) @definition.function

(method_declaration name: (field_identifier) @name body: (_) @body) @definition.method

(type_spec name: (type_identifier) @name type: (struct_type (field_declaration_list) @body)) @definition.struct

(type_spec name: (type_identifier) @name type: (interface_type "{" @body)) @definition.interface

(type_spec
  name: (type_identifier) @name
  type: [
    (type_identifier) (qualified_type) (pointer_type) (map_type) (slice_type) (array_type)
    (channel_type) (function_type) (generic_type)
  ]) @definition.type

(type_alias name: (type_identifier) @name) @definition.type

(source_file (const_declaration (const_spec (identifier) @name) @definition.constant))

(source_file (var_declaration (var_spec name: (identifier) @name) @definition.variable))

(source_file (var_declaration (var_spec_list (var_spec name: (identifier) @name) @definition.variable)))

(field_declaration name: (field_identifier) @name) @definition.field

(method_elem name: (field_identifier) @name) @definition.method

(field_declaration !name type: (type_identifier) @name) @definition.field

(field_declaration !name type: (qualified_type name: (type_identifier) @name)) @definition.field
