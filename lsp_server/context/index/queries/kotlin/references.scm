(call_expression . (identifier) @reference.call)

(call_expression . (navigation_expression (identifier) @reference.call .))

(constructor_invocation (user_type (identifier) @reference.call))

(callable_reference (identifier) @reference.call .)

(user_type (identifier) @reference.type)

(navigation_expression . (identifier) @reference.use)

(value_argument (identifier) @reference.use)
