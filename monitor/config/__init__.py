"""Files people write become settings, or a list of everything that is wrong with them."""
