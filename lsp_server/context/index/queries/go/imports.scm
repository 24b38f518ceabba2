(package_clause) @package

(import_spec) @import
