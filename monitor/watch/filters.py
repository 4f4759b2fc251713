"""Which items a watchlist reads at all: by language and by source.

Pure. What an item does not say never counts against it.
"""

from collections.abc import Iterable
from fnmatch import fnmatchcase
from urllib.parse import urlsplit

from monitor.model import Item, SourceRef
from monitor.watch.rules import Watchlist


def refusals(watchlist: Watchlist, item: Item, language: str) -> list[str]:
    """Say why a watchlist does not read an item in a language; empty where it does.

    `en` takes en-GB (RFC 4647, section 3.3.1); `pt-BR` takes plain pt too, which may be Brazil's.
    """
    found = []
    if watchlist.languages and language and not speaks(watchlist.languages, language):
        wanted = ", ".join(watchlist.languages)
        found.append(f"language {language} is not one of {wanted}")
    source = item.source
    if source.name or source.url:
        include, exclude = watchlist.sources.include, watchlist.sources.exclude
        if include and not any(is_from(source, which) for which in include):
            found.append(f"source {source.name or source.url} is none of {', '.join(include)}")
        found += [f"source filter excludes {which}" for which in exclude if is_from(source, which)]
    return found


def is_from(source: SourceRef, which: str) -> bool:
    """Say whether `tag:NAME`, a source's name or a glob over its host means this source.

    `tag:BEGINNING*` means every tag that begins so.
    Case never counts. `*.bbc.co.uk` means every host below bbc.co.uk and bbc.co.uk itself.
    """
    wanted = which.casefold()
    if wanted.startswith("tag:"):
        tag = wanted[4:].strip()
        if tag.endswith("*"):
            return any(each.casefold().startswith(tag[:-1]) for each in source.tags)
        return tag in map(str.casefold, source.tags)
    if wanted == source.name.casefold():
        return True
    host = _host(source.url)
    return bool(host) and (fnmatchcase(host, wanted) or wanted == f"*.{host}")


def _host(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def speaks(languages: Iterable[str], language: str) -> bool:
    """Say whether a language is one of some, by RFC 4647's basic filtering, both ways round."""
    said = _subtags(language)
    return any(all(map(str.__eq__, said, _subtags(wanted))) for wanted in languages)


def _subtags(language: str) -> list[str]:
    return language.casefold().replace("_", "-").split("-")
