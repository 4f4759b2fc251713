"""What is wrong in a file a person wrote: where, what, and what to do about it. Pure."""

import difflib
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Self

WINDOW = 100  # columns of a source line that are shown
LONGEST_QUOTE = 60
MOST = 1_000  # problems of one kind that are worked out; nobody reads more


class Code(StrEnum):
    """Every code a problem can carry, with its meaning; codes are never renamed."""

    meaning: str

    def __new__(cls, code: str, meaning: str) -> Self:
        """Make a member of its code and what the code means."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.meaning = meaning
        return member

    NO_FILE = "no-file", "The file named doesn't exist."
    UNREADABLE = "unreadable", "A file exists but can't be read, or is not a plain file."
    TOO_LARGE = "too-large", "A file, or what its aliases expand to, is larger than is allowed."
    NOT_UTF8 = "not-utf-8", "A file, or a value put in from outside, is not UTF-8 text."
    CONTROL_CHARACTER = "control-character", "A control character stands where only text may."
    NOT_YAML = "not-yaml", "The file breaks YAML's own rules."
    SEVERAL_DOCUMENTS = "several-documents", "A file holds a second YAML document after `---`."
    TOO_DEEP = "too-deep", "Lists and mappings are nested deeper than 32 levels."
    TAG = "tag", "A YAML tag such as `!name`; a text that starts with `!` needs quotes."
    BAD_ALIAS = "bad-alias", "An alias names an anchor that isn't there, or that contains it."
    UNUSED_ANCHOR = "unused-anchor", "Nothing refers to this anchor; an error at a text in a list."
    BAD_KEY = "bad-key", "A list or a mapping stands where the name of an option belongs."
    BAD_MERGE = "bad-merge", "`<<` takes an alias of a mapping, or a list of them."
    DUPLICATE_KEY = "duplicate-key", "An option is given twice in one mapping."
    DUPLICATE_NAME = "duplicate-name", "Two things of one kind have the same name."
    DUPLICATE_OPTION = "duplicate-option", "A setting is given in two files."
    DUPLICATE_SOURCE = "duplicate-source", "Two sources have the same address."
    INCLUDE_OUTSIDE = "include-outside", "An included file lies outside the configuration's folder."
    INCLUDE_CYCLE = "include-cycle", "A file includes itself, at once or through others."
    INCLUDE_NOTHING = "include-nothing", "An include finds no file; a warning if it has wildcards."
    BAD_OPML = "bad-opml", "An included OPML file can't be read."
    BAD_REFERENCE = "bad-reference", "`${…}` is none of the forms that are known."
    UNSET_VARIABLE = "unset-variable", "`${NAME}` asks for an environment variable that isn't set."
    NO_SECRET_FILE = "no-secret-file", "`${file:PATH}` names a file that can't be read."
    UNFINISHED = "unfinished", "A file or a section that the running monitor read is empty now."
    UNKNOWN_OPTION = "unknown-option", "This version has no such option here."
    MISSING_OPTION = "missing-option", "An option that is needed is not given."
    EMPTY_VALUE = "empty-value", "An option or a list item has no value."
    WRONG_TYPE = "wrong-type", "A list, a mapping or a text stands where another is expected."
    NOT_ONE_OF = "not-one-of", "The value is none of the words that are possible here."
    BAD_NUMBER = "bad-number", "The value is not a number, or not one in the range allowed."
    BAD_FLAG = "bad-flag", "The value is neither yes nor no."
    BAD_DURATION = "bad-duration", "A duration without a unit, or out of the range allowed."
    BAD_TIME = "bad-time", "Not a time of day as in 22:00."
    BAD_ZONE = "bad-zone", "Not a time zone as in Europe/Madrid."
    BAD_CRON = "bad-cron", "Not a cron expression of five fields that comes about at some time."
    BAD_SIZE = "bad-size", "A size without a unit, or out of the range allowed."
    BAD_RATE = "bad-rate", "A rate that is not a number per unit of time."
    BAD_RANGE = "bad-range", "One bound lies beyond another, as `poll.min` above `poll.max`."
    BAD_ADDRESS = "bad-address", "Not an http or https address."
    BAD_PROXY = "bad-proxy", "Not the address of an http, https, socks5 or socks5h proxy."
    BAD_HOST = "bad-host", "Not the name of a host as in example.org."
    BAD_NETWORK = "bad-network", "Not a network as in 10.0.0.0/8."
    BAD_LISTEN = "bad-listen", "Not an address and a port to listen on."
    OPEN_WITHOUT_TOKEN = "open-without-token", "An address that others can reach needs `web.token`."
    BAD_STORE = "bad-store", "Not the address of an SQLite file or a PostgreSQL database."
    BAD_HEADER = "bad-header", "A header that can't be sent, or that the monitor sends itself."
    BAD_AUTH = "bad-auth", "`auth` takes a user with a password, or a bearer token."
    BAD_SECRET = "bad-secret", "A secret, key or token does not have the form of its kind."
    BAD_TEMPLATE = "bad-template", "A template that can't be read, or asks for what no message has."
    NO_TEMPLATE = "no-template", "This kind of notifier takes no template, or no title."
    BAD_LANGUAGE = "bad-language", "Not a language code as in en or pt-BR."
    BAD_NAME = "bad-name", "A name that is empty, too long or can't be written in an address."
    BAD_TERM = "bad-term", "A term the matcher can't read."
    BAD_QUERY = "bad-query", "A query that can't be read."
    BAD_RULE = "bad-rule", "A rule of a watchlist that is no rule."
    ONLY_NONE = "only-none", "A rule that asks for nothing, so every item would fire it."
    EMPTY_WATCHLIST = "empty-watchlist", "A watchlist without a rule never fires."
    UNKNOWN_ENTITY = "unknown-entity", "A rule names an entity nobody defined."
    UNKNOWN_NOTIFIER = "unknown-notifier", "`notify` names a notifier nobody defined."
    UNKNOWN_SOURCE = "unknown-source", "Warning: a watchlist's source filter fits no source."
    UNUSED_NOTIFIER = "unused-notifier", "Warning: no watchlist sends to this notifier."
    NEVER_AMBIGUOUS = "never-ambiguous", "Warning: an ambiguous name is also a certain one."
    MISSING_EXTRA = "missing-extra", "Warning: an option needs a part that is not installed."
    COMMON_WORD = "common-word", "Warning: a term is a word that stands in most texts."
    COMMON_PREFIX = "common-prefix", "Warning: a `prefix*` takes in words that stand in most texts."
    LOST_SIGNS = "lost-signs", "Warning: of a term with signs, as `C++`, one letter is compared."
    FREQUENT_TERM = "frequent-term", "Warning: a term stands in more than 1 % of stored items."
    ACRONYM_WORD = "acronym-word", "Warning: an acronym without `=` is also an ordinary word."
    SHARED_ALIAS = "shared-alias", "Warning: two entities have the same certain name."
    SELF_VETO = "self-veto", "Warning: a watchlist's `none` vetoes one of its own terms."
    CONTRADICTION = "contradiction", "Warning: a rule asks for what it also rules out."
    REPEATED_TERM = "repeated-term", "Warning: a term or a name stands twice in one list."
    SHARED_GROUP = "shared-group", "Warning: a term is in two groups of one `near`."
    WIDE_NEAR = "wide-near", "Warning: `near` takes in so many words that it is nearly `all`."
    UNUSED_ENTITY = "unused-entity", "Warning: no rule asks for this entity."
    NEVER_MATCHED = "never-matched", "Warning: a watchlist matched nothing stored in 30 days."
    COVERED_TERM = "covered-term", "Hint, with -v: another term of the list finds all it does."
    NO_TESTS = "no-tests", "Hint, with -v: a watchlist has no tests."
    NOTHING_TO_DO = "nothing-to-do", "Warning: there are no sources, or no watchlists."


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One mistake. Lines and columns count from 1; line 0 means the file as a whole."""

    file: str
    line: int = 0
    column: int = 0
    end_column: int = 0  # the first column after what is meant
    severity: Literal["error", "warning", "hint"] = "error"
    code: Code
    message: str
    help: str = ""
    source_line: str = ""  # secrets masked

    def __str__(self) -> str:
        """Lay the problem out as a compiler does: place, words, the line with carets, help."""
        place = f"{self.file}:{self.line}:{self.column}" if self.line else self.file
        parts = [printable(f"{place}: {self.severity}: {self.message}  [{self.code}]")]
        margin = " " * len(str(self.line))
        if self.source_line.strip():
            shown, carets = underline(self.source_line, self.column - 1, self.end_column - 1)
            parts += [f"  {self.line} | {shown}", f"  {margin} | {carets}"]
        if self.help:
            parts.append(printable(f"  {margin} = help: {self.help}"))
        return "\n".join(parts)

    def as_json(self) -> dict[str, str | int]:
        """Return the form that `--json` prints."""
        return {
            "file": self.file,
            "line": self.line,
            "col": self.column,
            "end": self.end_column,
            "code": str(self.code),
            "message": self.message,
            "help": self.help,
            "severity": self.severity,
        }


def quote(text: str) -> str:
    """Return `text` in quotation marks, cut where it is long, safe to print."""
    cut = text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"
    return f"“{printable(cut)}”"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a sentence with the known word nearest to `word`, or "" where none is near."""
    near = nearest(word, known)
    return f"did you mean {quote(near)}?" if near is not None else ""


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that `word` is most likely a slip of, or None."""
    fold = word.casefold()
    by_fold = {name.casefold(): name for name in known}
    # difflib takes time quadratic in the word and linear in the names.
    if len(word) > LONGEST_QUOTE or len(by_fold) > MOST:
        return None
    # Slips at both ends of a word are rare, and difflib is slow over thousands of names.
    alike = [name for name in by_fold if name[:1] == fold[:1] or name[-1:] == fold[-1:]]
    found = difflib.get_close_matches(fold, alike, n=1, cutoff=0.6)
    return by_fold[found[0]] if found else None


def underline(line: str, start: int, end: int) -> tuple[str, str]:
    """Return a window of the line around [start, end), and carets below it."""
    start, end = min(start, len(line)), min(max(end, start + 1), len(line) + 1)
    left = 0 if len(line) <= WINDOW else max(0, start - WINDOW // 2)
    window = line[left : left + WINDOW]
    shown = ("…" if left else "") + window + ("…" if left + WINDOW < len(line) else "")
    before = ("…" if left else "") + line[left:start]
    meant = line[start:end] if start < len(line) else " "
    room = left + WINDOW - start
    padding = "".join("\t" if char == "\t" else " " * _width(char) for char in before)
    return printable(shown), padding + "^" * max(1, sum(_width(char) for char in meant[:room]))


def _width(char: str) -> int:
    """Return how many columns a terminal gives the character."""
    if unicodedata.combining(char) or unicodedata.category(char) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in "WF" else 1


def printable(text: str) -> str:
    """Return `text` with what could steer a terminal or turn the reading order made visible."""
    return _UNPRINTABLE.sub("\N{REPLACEMENT CHARACTER}", text)


# Controls but tab, zero-width and bidi marks, line separators, lone surrogates.
_UNPRINTABLE = re.compile(
    "[\x00-\x08\x0a-\x1f\x7f-\x9f\u200b\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff]"
)
