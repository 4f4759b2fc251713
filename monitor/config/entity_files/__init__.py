"""Lists of people, organisations and ships that others keep become entities of a configuration."""
