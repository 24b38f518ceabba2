[
  (class_declaration)
  (object_declaration)
  (function_declaration)
  (lambda_literal)
  (anonymous_function)
  (for_statement)
  (catch_block)
] @scope
