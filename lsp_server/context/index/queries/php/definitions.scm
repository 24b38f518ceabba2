(class_declaration name: (name) @name body: (_) @body) @definition.class

(interface_declaration name: (name) @name body: (_) @body) @definition.interface

(trait_declaration name: (name) @name body: (_) @body) @definition.trait

(enum_declaration name: (name) @name body: (_) @body) @definition.enum

(enum_case name: (name) @name) @definition.field

(method_declaration name: (name) @name body: (_) @body) @definition.method

(method_declaration name: (name) @name !body) @definition.method

(function_definition name: (name) @name body: (_) @body) @definition.function

(property_declaration (property_element name: (variable_name (name) @name))) @definition.field

(property_promotion_parameter name: (variable_name (name) @name)) @definition.field

(const_declaration (const_element (name) @name)) @definition.constant
