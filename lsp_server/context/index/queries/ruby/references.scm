(call method: (identifier) @reference.call)

(call receiver: (constant) @reference.call method: (identifier) @method (#eq? @method "new"))

(superclass (constant) @reference.type)

(superclass (scope_resolution name: (constant) @reference.type))

(call receiver: (constant) @reference.use)

(argument_list (constant) @reference.use)

(scope_resolution scope: (constant) @reference.use)

(scope_resolution name: (constant) @reference.use)

(exceptions (constant) @reference.type)
