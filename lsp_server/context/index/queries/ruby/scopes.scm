[
  (class)
  (module)
  (method)
  (singleton_method)
  (block)
  (do_block)
  (lambda)
] @scope
