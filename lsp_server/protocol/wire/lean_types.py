"""Imports the protocol's types in two thirds of the time.

Half of the import of lsprotocol compiles methods of its 554 classes. Left out here is how they
are printed: nobody reads that, and a message that cannot be printed cannot put the user's source
into a log.
"""

import sys
from functools import partial

import attrs


def import_protocol_types() -> None:
    """Import `lsprotocol.types`, its classes without a `repr` of their own."""
    if "lsprotocol.types" in sys.modules:
        return
    namespace, define = vars(attrs), attrs.define
    namespace["define"] = partial(define, repr=False)
    try:
        import lsprotocol.types  # noqa: F401 - to have it imported is all
    finally:
        namespace["define"] = define
