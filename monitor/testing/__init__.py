"""Fakes we ship: a clock, a scriptable loopback server, a recording receiver."""
