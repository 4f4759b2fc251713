"""A document's bytes become entries."""
