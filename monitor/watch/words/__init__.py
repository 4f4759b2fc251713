"""Texts as the words they are compared by, in all the forms a language gives them."""
