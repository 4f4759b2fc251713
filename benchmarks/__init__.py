"""Ratios against peers and floors, one table: `make bench`."""
