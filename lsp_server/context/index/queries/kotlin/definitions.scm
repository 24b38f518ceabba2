(class_declaration name: (identifier) @name (class_body) @body) @definition.class

(class_declaration name: (identifier) @name (enum_class_body) @body) @definition.enum

(class_declaration name: (identifier) @name) @definition.class

(object_declaration name: (identifier) @name (class_body) @body) @definition.class

(object_declaration name: (identifier) @name) @definition.class

(function_declaration name: (identifier) @name (function_body) @body) @definition.function

(function_declaration name: (identifier) @name) @definition.function

(property_declaration (variable_declaration (identifier) @name)) @definition.property

(class_parameter (identifier) @name) @definition.field

(enum_entry (identifier) @name) @definition.field

(type_alias type: (identifier) @name) @definition.type
