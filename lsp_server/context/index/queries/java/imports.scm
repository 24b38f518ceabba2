(package_declaration) @package

(import_declaration) @import
