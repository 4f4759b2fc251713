"""What people look for: terms, entities and rules over the text of items. Pure."""
