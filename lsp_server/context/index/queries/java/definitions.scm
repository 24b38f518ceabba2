(class_declaration name: (identifier) @name body: (_) @body) @definition.class

(interface_declaration name: (identifier) @name body: (_) @body) @definition.interface

(enum_declaration name: (identifier) @name body: (_) @body) @definition.enum

(record_declaration name: (identifier) @name body: (_) @body) @definition.class

(annotation_type_declaration name: (identifier) @name body: (_) @body) @definition.interface

(annotation_type_element_declaration name: (identifier) @name) @definition.method

(method_declaration name: (identifier) @name body: (_) @body) @definition.method

(method_declaration name: (identifier) @name !body) @definition.method

(constructor_declaration name: (identifier) @name body: (_) @body) @definition.method

(field_declaration declarator: (variable_declarator name: (identifier) @name)) @definition.field

(constant_declaration declarator: (variable_declarator name: (identifier) @name)) @definition.constant

(enum_constant name: (identifier) @name) @definition.field
