(function_item name: (identifier) @name body: (_) @body) @definition.function

(function_signature_item name: (identifier) @name) @definition.function

(struct_item name: (type_identifier) @name body: (_) @body) @definition.struct

(struct_item name: (type_identifier) @name !body) @definition.struct

(union_item name: (type_identifier) @name body: (_) @body) @definition.struct

(enum_item name: (type_identifier) @name body: (_) @body) @definition.enum

(trait_item name: (type_identifier) @name body: (_) @body) @definition.trait

(type_item name: (type_identifier) @name) @definition.type

(associated_type name: (type_identifier) @name) @definition.type

(enum_variant name: (identifier) @name) @definition.field

(field_declaration name: (field_identifier) @name) @definition.field

(const_item name: (identifier) @name) @definition.constant

(static_item name: (identifier) @name) @definition.constant

(macro_definition name: (identifier) @name) @definition.macro

(mod_item name: (identifier) @name body: (_) @body) @definition.module

(impl_item type: (type_identifier) @name body: (_) @body) @definition.implementation

(impl_item type: (generic_type type: (type_identifier) @name) body: (_) @body) @definition.implementation
