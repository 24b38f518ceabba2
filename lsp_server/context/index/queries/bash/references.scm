(command name: (command_name (word) @reference.call))

(command argument: (word) @reference.use)
