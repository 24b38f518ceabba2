(class name: (constant) @name) @definition.class

(class name: (scope_resolution name: (constant) @name)) @definition.class

(module name: (constant) @name) @definition.module

(module name: (scope_resolution name: (constant) @name)) @definition.module

(method name: (_) @name body: (_)? @body) @definition.method

(singleton_method name: (_) @name body: (_)? @body) @definition.method

(assignment left: (constant) @name) @definition.constant

(assignment left: (instance_variable) @name) @definition.field

(assignment left: (left_assignment_list (constant) @name)) @definition.constant

(call
  method: (identifier) @maker
  arguments: (argument_list (simple_symbol) @name)
  (#any-of? @maker "attr_accessor" "attr_reader" "attr_writer")) @definition.property
