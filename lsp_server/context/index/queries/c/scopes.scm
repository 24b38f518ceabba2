[
  (function_definition)
  (compound_statement)
  (for_statement)
] @scope
