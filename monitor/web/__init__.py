"""What the daemon says over HTTP, served inside its own loop: health and metrics."""

from monitor.web.serve import serve

__all__ = ["serve"]
