"""When a match becomes news, and what the news says. Pure."""
