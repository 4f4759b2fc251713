"""The endings of nouns and names in languages that Snowball does not know. Pure.

They are few on purpose: a form that is missed can be written into a list as an alias, a word that
is wrongly joined with another can't be taken out of one.
"""

from typing import Final, NamedTuple

_LEAST_STEM: Final = 3  # letters, of which a name has more than a particle


class Endings(NamedTuple):
    """What is cut off a word: the longest that fits of each step, one step after the other."""

    steps: tuple[tuple[str, ...], ...]
    last: tuple[tuple[str, str], ...] = ()  # stems that sound different when closed: Київ, Києва


def _of(*steps: str, last: tuple[tuple[str, str], ...] = ()) -> Endings:
    ordered = (tuple(sorted(step.split(), key=len, reverse=True)) for step in steps)
    return Endings(tuple(ordered), last)


ENDINGS: Final = {
    "uk": _of(
        "а у ю я і ї и о е є ь й "
        "ою ею єю ом ем єм ові еві єві ам ям ами ями ах ях "
        "ий ого ому им их ими ої",
        "ів їв ов ев єв",  # of plurals and of names
        last=(("ів", "ов"), ("їв", "єв"), ("бел", "бл"), ("ц", "к")),
    ),
    "be": _of(
        "а у ю я і ы о е э ь й ой ою ей ею ём ам ом ем амі ямі ах ях ям ага аму ым ых ымі ая ую яй"
    ),
    "bg": _of(
        "а я и е о ът ят ата ята ото ето ите ете ове овете",
        last=(("ър", "р"), ("ц", "к")),
    ),
    "mk": _of("а и е о от ата ото ето ите"),
}


def without_ending(word: str, endings: Endings) -> str:
    """Return a word in lower case without its ending, never shorter than three letters."""
    for step in endings.steps:
        for ending in step:
            if word.endswith(ending) and len(word) - len(ending) >= _LEAST_STEM:
                word = word.removesuffix(ending)
                break
    for closed, opened in endings.last:
        if word.endswith(closed):
            return word.removesuffix(closed) + opened
    return word
