"""`monitor unack`; it stands beside `monitor ack`."""

from monitor.cli.ack import undo as command

__all__ = ["command"]
