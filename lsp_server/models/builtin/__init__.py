"""The engine that answers with no model at all."""
