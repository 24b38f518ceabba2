(export_statement "=" (identifier) @default)
