(typed_parameter (identifier) @name type: (type) @type) @binding

(typed_default_parameter name: (identifier) @name type: (type) @type) @binding

(assignment left: (identifier) @name type: (type) @type) @binding

(assignment left: (identifier) @name right: (_) @value) @binding

(assignment
  left: (attribute object: (identifier) @receiver attribute: (identifier) @member)
  type: (type) @type
  (#eq? @receiver "self")) @binding

(assignment
  left: (attribute object: (identifier) @receiver attribute: (identifier) @member)
  right: (_) @value
  (#eq? @receiver "self")) @binding

(with_item value: (as_pattern (_) @value alias: (as_pattern_target (identifier) @name))) @binding

(named_expression name: (identifier) @name value: (_) @value) @binding

(for_statement left: (identifier) @name right: (_) @value) @binding

(for_in_clause left: (identifier) @name right: (_) @value) @binding

(call
  function: (identifier) @function
  arguments: (argument_list . (identifier) @name . (_) @type)
  (#any-of? @function "isinstance" "issubclass")) @binding
