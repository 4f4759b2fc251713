"""Documents are read in processes that can be killed."""
