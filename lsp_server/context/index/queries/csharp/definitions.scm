(namespace_declaration name: (_) @name body: (_) @body) @definition.namespace

(class_declaration name: (identifier) @name body: (_) @body) @definition.class

(struct_declaration name: (identifier) @name body: (_) @body) @definition.struct

(record_declaration name: (identifier) @name) @definition.class

(interface_declaration name: (identifier) @name body: (_) @body) @definition.interface

(enum_declaration name: (identifier) @name body: (_) @body) @definition.enum

(enum_member_declaration name: (identifier) @name) @definition.field

(delegate_declaration name: (identifier) @name) @definition.type

(method_declaration name: (identifier) @name body: (_) @body) @definition.method

(method_declaration name: (identifier) @name !body) @definition.method

(constructor_declaration name: (identifier) @name body: (_) @body) @definition.method

(property_declaration name: (identifier) @name) @definition.property

(event_declaration name: (identifier) @name) @definition.property

(event_field_declaration (variable_declaration (variable_declarator name: (identifier) @name))) @definition.property

(field_declaration (variable_declaration (variable_declarator name: (identifier) @name))) @definition.field
