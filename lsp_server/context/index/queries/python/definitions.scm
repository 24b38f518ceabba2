(class_definition name: (identifier) @name body: (_) @body) @definition.class

(function_definition name: (identifier) @name body: (_) @body) @definition.function

(module (expression_statement (assignment left: (identifier) @name) @definition.constant))

(module
  (expression_statement
    (assignment left: [(pattern_list (identifier) @name) (tuple_pattern (identifier) @name)]) @definition.constant)
  (#not-eq? @name "_"))

(module
  (expression_statement (assignment right: (assignment left: (identifier) @name)) @definition.constant))

(module (type_alias_statement left: (type (identifier) @name)) @definition.type)

(class_definition
  body: (block (expression_statement (assignment left: (identifier) @name) @definition.field)))

(class_definition
  body: (block
    (expression_statement
      (assignment left: [(pattern_list (identifier) @name) (tuple_pattern (identifier) @name)]) @definition.field)))

(class_definition
  body: (block
    (expression_statement (assignment right: (assignment left: (identifier) @name)) @definition.field)))

(assignment
  left: (attribute object: (identifier) @receiver attribute: (identifier) @name)
  (#eq? @receiver "self")) @definition.field

(assignment
  left: (pattern_list (attribute object: (identifier) @receiver attribute: (identifier) @name))
  (#eq? @receiver "self")) @definition.field

(if_statement
  consequence: (block (expression_statement (assignment left: (identifier) @name) @definition.constant)))

(try_statement
  body: (block (expression_statement (assignment left: (identifier) @name) @definition.constant)))
