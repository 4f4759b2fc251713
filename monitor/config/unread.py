"""What can be told of a configuration that can't be loaded: where the store lies."""

import re
from collections.abc import Mapping
from pathlib import Path

from monitor.config.references import Outside, Resolver
from monitor.config.schema import StoreOptions
from monitor.config.tree import ScalarNode, TextFile

# No other option has such an address; what surrounds it may be broken in any way.
_ADDRESS = re.compile(r"(?:sqlite:///|postgresql\+psycopg://)[^\s\"'#,}]*(?:\}[^\s\"'#,}]*)*")


def store_url(path: Path, *, environ: Mapping[str, str]) -> str | None:
    """Return the address of the store that a file seems to name, or the usual one.

    None where the file can't be read, or where the address needs what is not there.
    """
    if path.is_fifo():
        return None  # to read it once more would wait for ever
    try:
        text = path.read_bytes().decode("utf-8", "replace")
    except OSError:
        return None
    lines = (line for line in text.splitlines() if not line.lstrip().startswith("#"))
    found = next((found[0] for line in lines if (found := _ADDRESS.search(line))), None)
    if found is None:
        return str(StoreOptions().url)
    folder = path.absolute().parent.resolve()
    resolver = Resolver(outside=Outside.beside(folder, environ))
    node = ScalarNode(TextFile(str(path), text), 0, 0, 0, 0, _balanced(found))
    url = resolver.text(node)
    return None if resolver.problems else url


def _balanced(address: str) -> str:
    """Return an address without the brace that ends a mapping around it."""
    while address.count("}") > address.count("{"):
        address = address[: address.rindex("}")]
    return address
