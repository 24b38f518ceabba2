"""What the tests of features share."""

from tests.features.scripted_checks import desk_of

__all__ = ["desk_of"]
