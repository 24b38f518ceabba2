[
  (class_declaration)
  (trait_declaration)
  (function_definition)
  (method_declaration)
  (anonymous_function)
  (arrow_function)
] @scope
