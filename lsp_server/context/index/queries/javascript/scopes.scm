[
  (function_declaration)
  (function_expression)
  (generator_function_declaration)
  (generator_function)
  (arrow_function)
  (method_definition)
  (class_declaration)
  (statement_block)
  (for_statement)
  (for_in_statement)
  (catch_clause)
] @scope
