(package_header) @package

(import) @import
