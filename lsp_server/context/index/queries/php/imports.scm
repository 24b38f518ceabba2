(namespace_definition) @package

(namespace_use_declaration) @import

(include_expression) @import

(include_once_expression) @import

(require_expression) @import

(require_once_expression) @import
