"""An address becomes entries, and says when to come again."""
