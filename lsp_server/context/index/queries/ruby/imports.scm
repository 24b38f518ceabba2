(call method: (identifier) @callee (#match? @callee "^require(_relative)?$")) @import
