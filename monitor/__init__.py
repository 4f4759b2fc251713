"""A news-feed monitor: one signed alert per story, whatever happens."""

__version__ = "0.1.0"
