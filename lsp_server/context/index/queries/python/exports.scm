(module (import_from_statement) @passed)

(module (try_statement (block (import_from_statement) @passed)))

(module (expression_statement (assignment
  left: (identifier) @list (#eq? @list "__all__") right: (_) @listed)))

(module (expression_statement (augmented_assignment
  left: (identifier) @list (#eq? @list "__all__") right: (_) @listed)))

(module (expression_statement (call
  function: (attribute object: (identifier) @list (#eq? @list "__all__"))
  arguments: (argument_list (_) @listed))))

(module (if_statement condition: (comparison_operator
  (identifier) @asked (#eq? @asked "__name__")
  (string (string_content) @program (#eq? @program "__main__")))))
