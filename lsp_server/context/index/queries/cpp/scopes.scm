[
  (lambda_expression)
  (for_range_loop)
  (class_specifier)
  (struct_specifier)
  (namespace_definition)
] @scope
