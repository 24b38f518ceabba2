(function_call name: (identifier) @callee (#eq? @callee "require")) @import
