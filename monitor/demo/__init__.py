"""The loopback newsroom: the whole product, with no network and nothing kept."""
