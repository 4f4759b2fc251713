"""What countries are called in the languages of the news, by CLDR.

Pure but for Babel's own data. Babel is optional: the extra `names` brings it.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from monitor.watch.words.text import normalised

_LOCALES: Final = (
    "en ar bg bn ca cs da de el es et fa fi fr he hi hr hu id it ja ko lt lv ms nb nl pl pt ro ru "
    "sk sl sr sr_Latn sv sw ta th tr uk ur vi zh zh_Hant"
)


def is_available() -> bool:
    """Say whether Babel can be imported."""
    try:
        import babel  # noqa: F401 - only whether it is there
    except ImportError:
        return False
    return True


def country_code(name: str) -> str:
    """Return the ISO 3166 code of the country with a name in any language; "" for none."""
    wanted = normalised(name)
    for _, territories in _territories():
        for code, called in territories.items():
            if len(code) == 2 and normalised(called) == wanted:
                return code
    return ""


def names_of(code: str) -> Iterator[tuple[str, str]]:
    """Yield a country's names, with the language of each; a name may come more than once."""
    for language, territories in _territories():
        if code in territories:
            yield territories[code], language.replace("_", "-")


def _territories() -> Iterator[tuple[str, Mapping[str, str]]]:
    from babel import Locale

    for language in _LOCALES.split():
        yield language, Locale.parse(language).territories
