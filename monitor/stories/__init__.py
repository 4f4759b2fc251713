"""Which items tell the same event. Pure."""
