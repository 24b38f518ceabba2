(assignment left: (identifier) @name right: (_) @value) @binding

(assignment left: (instance_variable) @member right: (_) @value) @binding
