(command name: (command_name) @callee (#match? @callee "^(source|\\.)$")) @import
