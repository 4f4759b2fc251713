"""What a server's answers tell about it, and how it wants to be asked."""
