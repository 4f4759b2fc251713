"""Each mistake people make has its own words, at its own place."""

import pytest
from config_builders import FEED, SECRET, Folder, marked

# Name, text, code, line, column, what the carets stand under, a part of the message or the help.
MISTAKES = [
    ("misspelt section", "sorces: []\n", "unknown-option", 1, 1, "sorces", "did you mean “sources”?"),
    ("misspelt option", f"sources:\n  - url: {FEED}\n    tag: [a]\n", "unknown-option", 3, 5, "tag", "“tags”"),
    ("misspelt needed option", f"sources:\n  - ulr: {FEED}\n", "unknown-option", 2, 5, "ulr", "“url”"),
    ("needed option", "sources:\n  - name: Wire\n", "missing-option", 2, 5, "name: Wire", "“url” is missing"),
    ("later option", "web: {public_url: a}\n", "unknown-option", 1, 7, "public_url", "not in this version"),
    ("later engine", "engine: {url: 'nats://a'}\n", "not-one-of", 1, 15, "••••••••••", "write embedded"),
    ("throttle without unit", "watchlists: {w: {match: [a1], throttle: {per_story: 6}}}\n", "bad-duration", 1, 53, "6", "6h"),
    ("throttle to nothing", "watchlists: {w: {match: [a1], throttle: {max_per_hour: 0}}}\n", "bad-number", 1, 56, "0", "from 1 to 1000000"),
    ("misspelt throttle", "watchlists: {w: {match: [a1], throttle: {per_hour: 5}}}\n", "unknown-option", 1, 42, "per_hour", "max_per_hour"),
    ("misspelt on_update", "watchlists: {w: {match: [a1], on_update: allways}}\n", "not-one-of", 1, 42, "allways", "did you mean “always”?"),
    ("time of twelve hours", "alerts: {quiet_hours: {from: 10pm, to: '06:00'}}\n", "bad-time", 1, 30, "10pm", "did you mean “22:00”?"),
    ("time with a dot", "alerts: {digest: {at: 7.30}}\n", "bad-time", 1, 23, "7.30", "did you mean “07:30”?"),
    ("time beyond the day", "alerts: {digest: {at: '24:00'}}\n", "bad-time", 1, 23, "'24:00'", "did you mean “00:00”?"),
    ("no time", "alerts: {digest: {at: noon}}\n", "bad-time", 1, 23, "noon", "22:00 or 07:30"),
    ("city for a zone", "alerts: {digest: {at: '07:30', zone: madrid}}\n", "bad-zone", 1, 38, "madrid", "did you mean “Europe/Madrid”?"),
    ("misspelt zone", "alerts: {digest: {at: '07:30', zone: Europe/Madird}}\n", "bad-zone", 1, 38, "Europe/Madird", "did you mean “Europe/Madrid”?"),
    ("zone that leads elsewhere", "alerts: {digest: {at: '07:30', zone: ../../etc/passwd}}\n", "bad-zone", 1, 38, "../../etc/passwd", "IANA"),
    ("quiet hours of nothing", "alerts: {quiet_hours: {from: '22:00', to: '22:00'}}\n", "bad-range", 1, 43, "'22:00'", "quiet_hours: off"),
    ("quiet hours without end", "alerts: {quiet_hours: {from: '22:00'}}\n", "missing-option", 1, 10, "quiet_hours", "“to” is missing"),
    ("quiet hours as a text", "alerts: {quiet_hours: never}\n", "not-one-of", 1, 23, "never", "write off, or"),
    ("misspelt bypass", "alerts: {quiet_hours: {from: '22:00', to: '06:00', bypass: crtical}}\n", "not-one-of", 1, 60, "crtical", "did you mean “critical”?"),
    ("digest without a time", "alerts: {digest: {zone: UTC}}\n", "missing-option", 1, 10, "digest", 'at: "07:30"'),
    ("digest of two times", "alerts: {digest: [{at: '07:30', cron: '0 8 * * *'}]}\n", "bad-range", 1, 33, "cron", "remove at: or cron:"),
    ("cron of four fields", "alerts: {digest: {cron: 30 7 * *}}\n", "bad-cron", 1, 25, "30 7 * *", "five fields"),
    ("cron of no minute", "alerts: {digest: {cron: 61 7 * * *}}\n", "bad-cron", 1, 25, "61 7 * * *", "wrong minute"),
    ("cron of no day", "alerts: {digest: {cron: 0 0 31 2 *}}\n", "bad-cron", 1, 25, "0 0 31 2 *", "as in 30 7 * * MON-FRI"),
    ("unknown notifier of a digest", "alerts: {digest: {at: '07:30', notify: desk}}\n", "unknown-notifier", 1, 40, "desk", "you have: console"),
    ("escalation to nobody", "watchlists: {w: {match: [a1], escalate: {after: 15m}}}\n", "missing-option", 1, 31, "escalate", "“to” is missing"),
    ("unknown notifier of an escalation", "watchlists: {w: {match: [a1], escalate: {after: 15m, to: pager}}}\n", "unknown-notifier", 1, 58, "pager", "you have: console"),
    ("no address", "sources:\n  - feeds.example.org/caribe.xml\n", "bad-address", 2, 5, "feeds.example.org/caribe.xml", "https://feeds.example.org/caribe.xml"),
    ("slip in the scheme", "sources:\n  - htps://feeds.example.org/x\n", "bad-address", 2, 5, "htps://feeds.example.org/x", "https://feeds.example.org/x"),
    ("another scheme", "sources: ['file:///etc/passwd']\n", "bad-address", 1, 11, "'file:///etc/passwd'", "not a web address"),
    ("user in the address", "sources: ['https://me:pass@wire.example/']\n", "bad-address", 1, 11, "'https://me:••••@wire.example/'", "auth:"),
    ("duration without unit", "poll:\n  timeout: 15\n", "bad-duration", 2, 12, "15", "15 of what? write a unit: 15s, 15m, 15h or 15d"),
    ("timeout beyond a poll", "poll: {timeout: 6m}\n", "bad-duration", 1, 17, "6m", "a server that needs longer is asked again with the next poll"),
    ("duration in words", "poll: {timeout: 2 minutes}\n", "bad-duration", 1, 17, "2 minutes", "did you mean 2m?"),
    ("duration of nothing", "alerts: {max_age: 0s}\n", "bad-duration", 1, 19, "0s", "no effect"),
    ("misspelt adaptive", "poll: {every: adaptve}\n", "bad-duration", 1, 15, "adaptve", "“adaptive”"),
    ("endless duration", "store: {keep: 999999d}\n", "bad-duration", 1, 15, "999999d", "36500 days"),
    ("size without unit", "poll: {max_bytes: 20}\n", "bad-size", 1, 19, "20", "20MB"),
    ("rate", "poll: {budget: often}\n", "bad-rate", 1, 16, "often", "1/h"),
    ("number", "poll: {at_once: many}\n", "bad-number", 1, 17, "many", "from 1 to 1000000"),
    ("number of nothing", "poll: {at_once: 0}\n", "bad-number", 1, 17, "0", "from 1"),
    ("flag", f"sources: [{{url: '{FEED}', enabled: maybe}}]\n", "bad-flag", 1, 59, "maybe", "neither yes nor no"),
    ("min over max", "poll:\n  max: 1h\n  min: 2h\n", "bad-range", 3, 8, "2h", "poll.max is 1h"),
    ("min over the default max", "poll: {min: 5h}\n", "bad-range", 1, 13, "5h", "poll.max is 4h"),
    ("misspelt severity", "watchlists:\n  w:\n    severity: hihg\n    match: [a1]\n", "not-one-of", 3, 15, "hihg", "did you mean “high”?"),
    ("misspelt field", "watchlists: {w: {fields: [titel], match: [a1]}}\n", "not-one-of", 1, 27, "titel", "did you mean “title”?"),
    ("misspelt kind", "notifiers: {desk: {type: slak}}\n", "not-one-of", 1, 26, "slak", "did you mean “slack”?"),
    ("misspelt chat", "notifiers: {desk: {type: discrod}}\n", "not-one-of", 1, 26, "discrod", "did you mean “discord”?"),
    ("chat without address", "notifiers: {desk: {type: discord}}\n", "missing-option", 1, 13, "desk", "“url” is missing"),
    ("discord without https", "notifiers: {desk: {type: discord, url: 'http://a.example/x'}}\n", "bad-address", 1, 40, "••••••••••••••••••••", "https://discord.com"),
    ("teams without https", "notifiers: {desk: {type: teams, url: 'http://a.example/x'}}\n", "bad-address", 1, 38, "••••••••••••••••••••", "begins with https"),
    ("slack without anything", "notifiers: {desk: {type: slack}}\n", "missing-option", 1, 13, "desk", "token: and channel:"),
    ("slack bot without a channel", "notifiers: {desk: {type: slack, token: xoxb-1}}\n", "missing-option", 1, 33, "token", "needs “channel” beside it"),
    ("token of a person", "notifiers: {desk: {type: slack, token: xoxp-1, channel: C1}}\n", "bad-secret", 1, 40, "••••••", "begins with xoxb-"),
    ("channel of two words", "notifiers: {desk: {type: slack, token: xoxb-1, channel: x y}}\n", "bad-name", 1, 57, "x y", "is not a channel"),
    ("no secret at all", "notifiers: {a: {type: webhook, url: 'https://a.example/', secret: []}}\n", "empty-value", 1, 67, "[]", "this list is empty"),
    ("quiet hours without an end", "alerts: {quiet_hours: {from: '22:00', zone: UTC}}\n", "missing-option", 1, 10, "quiet_hours", 'write to: "06:00"'),
    ("quiet hours without a beginning", "alerts: {quiet_hours: {to: '06:00'}}\n", "missing-option", 1, 10, "quiet_hours", 'write from: "22:00"'),
    ("escalation without anybody", "watchlists: {w: {match: [a1], escalate: {after: 5m}}}\n", "missing-option", 1, 31, "escalate", "write to: [desk]"),
    ("mail without recipients", "notifiers: {a: {type: email, server: m.example, from: a@b.example}}\n", "missing-option", 1, 13, "a", "write to: desk@example.org"),
    ("too large a number", "watchlists: {w: {match: [a1], throttle: {max_per_hour: 1000001}}}\n", "bad-number", 1, 56, "1000001", "from 1 to 1000000"),
    ("token of two words", "notifiers: {desk: {type: ntfy, topic: a, token: 'a b'}}\n", "bad-secret", 1, 49, "•••••", "one word"),
    ("topic of two words", "notifiers: {desk: {type: ntfy, topic: a b}}\n", "bad-name", 1, 39, "•••", "64 letters"),
    ("ntfy without topic", "notifiers: {desk: {type: ntfy}}\n", "missing-option", 1, 13, "desk", "“topic” is missing"),
    ("token without https", "notifiers: {d: {type: ntfy, url: 'http://a.example', topic: a, token: b}}\n", "bad-address", 1, 34, "••••••••••••••••••", "sent a token"),
    ("routing key", "notifiers: {desk: {type: pagerduty, routing_key: abc}}\n", "bad-secret", 1, 50, "•••", "32 letters and digits"),
    ("misspelt routing key", "notifiers: {desk: {type: pagerduty, routingkey: abc}}\n", "unknown-option", 1, 37, "routingkey", "did you mean “routing_key”?"),
    ("mail without sender", "notifiers: {d: {type: email, server: m.example, to: a@b.example}}\n", "missing-option", 1, 13, "d", "write from:"),
    ("misspelt from", "notifiers: {d: {type: email, server: m.example, form: a@b.example, to: a@b.example}}\n", "unknown-option", 1, 49, "form", "did you mean “from”?"),
    ("no mail address", "notifiers: {d: {type: email, server: m.example, from: desk, to: a@b.example}}\n", "bad-address", 1, 55, "desk", "desk@example.org"),
    ("mail server as address", "notifiers: {d: {type: email, server: 'smtp://m.example', from: a@b.example, to: a@b.example}}\n", "bad-host", 1, 38, "'smtp://m.example'", "write the name alone"),
    ("port", "notifiers: {d: {type: email, server: m.example, port: smtp, from: a@b.example, to: a@b.example}}\n", "bad-number", 1, 55, "smtp", "587"),
    ("misspelt tls", "notifiers: {d: {type: email, server: m.example, tls: startls, from: a@b.example, to: a@b.example}}\n", "not-one-of", 1, 54, "startls", "did you mean “starttls”?"),
    ("user without password", "notifiers: {d: {type: email, server: m.example, user: a, from: a@b.example, to: a@b.example}}\n", "bad-auth", 1, 49, "user", "a user with a password"),
    ("password in the open", "notifiers: {d: {type: email, server: m.example, tls: none, user: a, password: b, from: a@b.example, to: a@b.example}}\n", "bad-auth", 1, 49, "tls", "without encryption"),
    ("nobody to mail", "notifiers: {d: {type: email, server: m.example, from: a@b.example, to: []}}\n", "empty-value", 1, 72, "[]", "this list is empty"),
    ("address of apprise", "notifiers: {d: {type: apprise, url: telegram}}\n", "bad-address", 1, 37, "••••••••", "tgram://"),
    ("misspelt format", "notifiers: {d: {type: webhook, url: 'https://a.example/', format: cloudevent}}\n", "not-one-of", 1, 67, "cloudevent", "did you mean “cloudevents”?"),
    ("kind not given", "notifiers: {desk: {url: 'https://a.example'}}\n", "missing-option", 1, 13, "desk", "“type” is missing"),
    ("misspelt type", "notifiers: {desk: {typ: slack}}\n", "unknown-option", 1, 20, "typ", "did you mean “type”?"),
    ("notifier as text", "notifiers: {desk: slack}\n", "wrong-type", 1, 19, "slack", "{type: console}"),
    ("unknown notifier", "notifiers: {desk: {type: console}}\nnotify: [dsek]\n", "unknown-notifier", 2, 10, "dsek", "did you mean “desk”?"),
    ("unknown notifier of a watchlist", "watchlists:\n  w: {match: [a1], notify: [desk]}\n", "unknown-notifier", 2, 29, "desk", "you have: console"),
    ("unknown entity", "entities: {maduro: {name: Maduro}}\nwatchlists:\n  w: [entity: madruo]\n", "unknown-entity", 3, 15, "madruo", "did you mean “maduro”?"),
    ("entity nobody defined", "watchlists: {w: [entity: maduro]}\n", "unknown-entity", 1, 26, "maduro", "none is defined"),
    ("prefix too short", "watchlists:\n  w: [ab*]\n", "bad-term", 2, 7, "ab*", "3 letters"),
    ("star inside a term", "watchlists:\n  w:\n    - air*space closed\n", "bad-term", 3, 10, "*", "last word"),
    ("open pattern", "watchlists:\n  w: [/air(/]\n", "bad-term", 2, 8, "air(", "missing )"),
    ("sign as a term", "watchlists:\n  w: ['--']\n", "bad-term", 2, 8, "--", "no letters"),
    ("only none", "watchlists:\n  w:\n    match:\n      - none: [football]\n", "only-none", 4, 9, "none: [football]", "asks for nothing"),
    ("only none inside any", "watchlists: {w: [any: [a1, none: [b1]]]}\n", "only-none", 1, 18, "any: [a1, none: [b1]]", "asks for nothing"),
    ("empty watchlist", "watchlists:\n  w: []\n", "empty-watchlist", 2, 6, "[]", "never fires"),
    ("empty match", "watchlists: {w: {match: []}}\n", "empty-watchlist", 1, 25, "[]", "never fires"),
    ("watchlist without match", "watchlists:\n  w: {severity: low}\n", "missing-option", 2, 3, "w", "“match” is missing"),
    ("unknown rule alone", "watchlists: {w: {match: {foo: 1}}}\n", "unknown-option", 1, 26, "foo", "unknown rule “foo”"),
    ("bad term in a rule alone", "watchlists: {w: {match: {any: [a1, ab*]}}}\n", "bad-term", 1, 36, "ab*", "3 letters"),
    ("bad term alone", "watchlists: {w: ab*}\n", "bad-term", 1, 17, "ab*", "3 letters"),
    ("veto alone", "watchlists: {w: {match: a1, none: {none: [b1]}}}\n", "only-none", 1, 29, "none", "asks for nothing"),
    ("tests as a list", "watchlists: {w: {match: a1, tests: [a b]}}\n", "wrong-type", 1, 36, "[a b]", "tests: {match: [a headline], no_match: [another]}"),
    ("sources as a list", "watchlists: {w: {match: a1, sources: [tag:wire]}}\n", "wrong-type", 1, 38, "[tag:wire]", "sources: {include: [tag:wire]}"),
    ("at in a list", "watchlists:\n  w: [a1, @foo]\n", "not-yaml", 2, 11, "@foo", "a text that starts with @ needs quotes"),
    ("percent in a list", "watchlists:\n  w: [%foo bar, a1]\n", "not-yaml", 2, 7, "%foo bar", 'write "%foo bar"'),
    ("ampersand in a list", "watchlists:\n  w: [&foo]\n", "unused-anchor", 2, 7, "&foo", '"&foo"'),
    ("ampersand and a word in a list", "watchlists:\n  w:\n    - &foo bar\n", "unused-anchor", 3, 7, "&foo", 'needs quotes: "&foo bar"'),
    ("hash in a list", "watchlists:\n  w: [foo #bar, baz]\n", "not-yaml", 2, 11, "#bar, baz]", "a comment begins here"),
    ("empty any", "watchlists: {w: [any: []]}\n", "bad-rule", 1, 23, "[]", "empty"),
    ("list as a rule", "watchlists: {w: [[a1, b1]]}\n", "bad-rule", 1, 18, "[a1, b1]", "{any: […]}"),
    ("rule by another name", "watchlists: {w: [not: [a1]]}\n", "unknown-option", 1, 18, "not", "did you mean “none”?"),
    ("misspelt at_least", "watchlists: {w: [atleast: {count: 1, of: [a1]}]}\n", "unknown-option", 1, 18, "atleast", "“at_least”"),
    ("misspelt within", "watchlists: {w: [near: {witin: 6, groups: [a1, b1]}]}\n", "unknown-option", 1, 25, "witin", "did you mean “within”?"),
    ("misspelt within inside any", "watchlists: {w: [any: [near: {witin: 6, groups: [a1, b1]}]]}\n", "unknown-option", 1, 31, "witin", "did you mean “within”?"),
    ("near without groups", "watchlists: {w: [near: {within: 6}]}\n", "missing-option", 1, 18, "near", "“groups” is missing"),
    ("near not indented", "watchlists:\n  w:\n    - near:\n      within: 6\n      groups: [a1, b1]\n", "unknown-option", 4, 7, "within", "below near:"),
    ("near as a list", "watchlists: {w: [near: [a1, b1]]}\n", "wrong-type", 1, 24, "[a1, b1]", "{within: 6, groups:"),
    ("near of nothing", "watchlists: {w: [near: {within: 0, groups: [a1, b1]}]}\n", "bad-number", 1, 33, "0", "from 1 to 100"),
    ("near too far", "watchlists: {w: [near: {within: 101, groups: [a1, b1]}]}\n", "bad-number", 1, 33, "101", "from 1 to 100"),
    ("near of one group", "watchlists: {w: [near: {within: 6, groups: [[a1, b1]]}]}\n", "bad-rule", 1, 44, "[[a1, b1]]", "two groups or more"),
    ("near of many groups", "watchlists: {w: [near: {within: 6, groups: [a1, a2, a3, a4, a5, a6, a7]}]}\n", "bad-rule", 1, 44, None, "at most 6"),
    ("near with an empty group", "watchlists: {w: [near: {within: 6, groups: [a1, []]}]}\n", "bad-rule", 1, 49, "[]", "empty"),
    ("near with all", "watchlists: {w: [near: {within: 6, groups: [a1, {all: [b1, c1]}]}]}\n", "bad-rule", 1, 49, "{all: [b1, c1]}", "terms, entities and any"),
    ("near with none inside any", "watchlists: {w: [near: {within: 6, groups: [a1, [{any: [{none: [b1]}]}]]}]}\n", "bad-rule", 1, 50, "{any: [{none: [b1]}]}", "terms, entities and any"),
    ("near with a bad term", "watchlists: {w: [near: {within: 6, groups: [a1, [ab*]]}]}\n", "bad-term", 1, 50, "ab*", "3 letters"),
    ("near with an unknown entity", "entities: {maduro: {name: Maduro}}\nwatchlists:\n  w: [near: {within: 6, groups: [a1, {entity: madruo}]}]\n", "unknown-entity", 3, 47, "madruo", "did you mean “maduro”?"),
    ("near in no clear order", "watchlists: {w: [near: {within: 6, groups: [a1, b1], ordered: maybe}]}\n", "bad-flag", 1, 63, "maybe", "neither yes nor no"),
    ("at least none", "watchlists: {w: [at_least: {count: 0, of: [a1, b1]}]}\n", "bad-number", 1, 36, "0", "from 1"),
    ("at least more than there are", "watchlists: {w: [at_least: {of: [a1, b1], count: 3}]}\n", "bad-range", 1, 50, "3", "the list has 2"),
    ("at least of nothing", "watchlists: {w: [at_least: {count: 1, of: []}]}\n", "bad-rule", 1, 43, "[]", "empty"),
    ("at least one that is not there", "watchlists: {w: [at_least: {count: 1, of: [a1, {none: [b1]}]}]}\n", "only-none", 1, 18, None, "asks for nothing"),
    ("slip in a query", "watchlists:\n  w:\n    - query: airspace Near/5 closed\n", "bad-query", 3, 23, "Near/5", "did you mean “NEAR/5”?"),
    ("slip in a query in quotes", "watchlists:\n  w:\n    - query: 'airspace -closed'\n", "bad-query", 3, 24, "-closed", "“AND NOT closed”"),
    ("term of a query", "watchlists:\n  w:\n    - query: airspace OR ab*\n", "bad-query", 3, 26, "ab*", "3 letters"),
    ("entity of a query", "entities: {maduro: {name: Maduro}}\nwatchlists:\n  w: [query: 'oil AND entity:madruo']\n", "unknown-entity", 3, 30, "madruo", "did you mean “maduro”?"),
    ("entity of a query nobody defined", "watchlists: {w: [query: 'entity:maduro']}\n", "unknown-entity", 1, 33, "maduro", "none is defined"),
    ("query that asks for no term", "watchlists: {w: [query: 'lang:es AND NOT oil']}\n", "only-none", 1, 25, "'lang:es AND NOT oil'", "to a term by AND"),
    ("query that vetoes everything", "watchlists: {w: {match: [a1], none: [query: NOT oil]}}\n", "only-none", 1, 45, "NOT oil", "to a term by AND"),
    ("query as a list", "watchlists: {w: [query: [a1]]}\n", "wrong-type", 1, 25, "[a1]", "a query is expected"),
    ("query of nothing", "watchlists: {w: [query: '']}\n", "bad-query", 1, 25, "''", "empty"),
    ("ambiguous alone", "entities: {e: {name: Maduro, ambiguous_alone: lowr}}\n", "not-one-of", 1, 47, "lowr", "did you mean “lower”?"),
    ("two rules in one", "watchlists: {w: [{any: [a1], none: [b1]}]}\n", "bad-rule", 1, 18, "{any: [a1], none: [b1]}", "one of entity, any, all, none"),
    ("misspelt rule", "watchlists: {w: [al: [a1, b1]]}\n", "unknown-option", 1, 18, "al", "did you mean “all”?"),
    ("term with a colon", "watchlists:\n  w:\n    - Breaking: airspace closed\n", "unknown-option", 3, 7, "Breaking", "needs quotes"),
    ("term after a #", "watchlists:\n  w:\n    - a1\n    - #hashtag\n", "empty-value", 4, 6, " ", "# needs quotes"),
    ("proxy of another kind", f"sources: [{{url: '{FEED}', proxy: 'ftp://a.example'}}]\n", "bad-proxy", 1, 57, "'ftp://a.example'", "socks5h://"),
    ("proxy without a scheme", "poll:\n  proxy: proxy.example:3128\n", "bad-proxy", 2, 10, "proxy.example:3128", "http://proxy.example:3128"),
    ("user agent in two lines", f"sources: [{{url: '{FEED}', user_agent: \"a\\nb\"}}]\n", "bad-header", 1, 62, '"a\\nb"', "one line"),
    ("misspelt identity", f"sources: [{{url: '{FEED}', identity: guide}}]\n", "not-one-of", 1, 60, "guide", "did you mean “guid”?"),
    ("too many of one host", "poll: {per_host: 11}\n", "bad-number", 1, 18, "11", "from 1 to 10"),
    ("host with a star", "hosts:\n  '*.example.org': {gap: 5s}\n", "bad-host", 2, 3, "'*.example.org'", "write example.org"),
    ("host as an address", "hosts: {'https://example.org/feed': {gap: 5s}}\n", "bad-host", 1, 9, "'https://example.org/feed'", "write example.org"),
    ("host in capitals", "hosts: {Example.ORG: {gap: 5s}}\n", "bad-host", 1, 9, "Example.ORG", "write example.org"),
    ("misspelt option of a host", "hosts: {example.org: {gpa: 5s}}\n", "unknown-option", 1, 23, "gpa", "did you mean “gap”?"),
    ("host's pause without unit", "hosts: {example.org: {gap: 5}}\n", "bad-duration", 1, 28, "5", "5s"),
    ("misspelt conditions", "hosts: {example.org: {conditions: etags}}\n", "not-one-of", 1, 35, "etags", "did you mean “etag”?"),
    ("unknown notifier of health", "health: {notify: [desk]}\n", "unknown-notifier", 1, 19, "desk", "you have: console"),
    ("heartbeat without scheme", "health: {heartbeat: {url: hc.example/uuid}}\n", "bad-address", 1, 27, "•••••••••••••••", "https://hc.example.org"),
    ("option without a value", f"sources:\n  - url: {FEED}\n    name:\n", "empty-value", 3, 10, "", "no value"),
    ("list for a text", "poll: {contact: [a, b]}\n", "wrong-type", 1, 17, "[a, b]", "a text is expected here, not a list"),
    ("mapping for a list", "watchlists: {w: {match: {any: {a1: b1}}}}\n", "wrong-type", 1, 31, "{a1: b1}", "a list is expected here, not a mapping"),
    ("text for a section", "store: sqlite:///x.db\n", "wrong-type", 1, 8, "sqlite:///x.db", "“store” is a mapping"),
    ("mapping for sources", "sources: {a: b}\n", "wrong-type", 1, 10, "{a: b}", "“sources” is a list"),
    ("same source twice", f"sources:\n  - {FEED}\n  - url: {FEED}\n", "duplicate-source", 3, 10, FEED, "config.yaml:2:5"),
    ("same source but for a fragment", f"sources: ['{FEED}', '{FEED}#top']\n", "duplicate-source", 1, 44, f"'{FEED}#top'", "config.yaml:1:11"),
    ("same name twice", "sources:\n  - {url: 'https://a.example/', name: Wire}\n  - {url: 'https://b.example/', name: Wire}\n", "duplicate-name", 3, 39, "Wire", "config.yaml:2:39"),
    ("same watchlist twice", "watchlists:\n  w: [a1]\n  w: [b1]\n", "duplicate-key", 3, 3, "w", "first given on line 2"),
    ("same option twice", "log: {level: info, level: debug}\n", "duplicate-key", 1, 20, "level", "twice"),
    ("slack without https", "notifiers: {desk: {type: slack, url: 'http://hooks.slack.com/services/x'}}\n", "bad-address", 1, 38, None, "https://"),
    ("webhook without url", "notifiers: {siem: {type: webhook}}\n", "missing-option", 1, 13, "siem", "write url: https://siem.example.org/hook"),
    ("teams without url", "notifiers: {desk: {type: teams}}\n", "missing-option", 1, 13, "desk", "write url: ${TEAMS_WEBHOOK_URL}"),
    ("slack without url", "notifiers: {desk: {type: slack}}\n", "missing-option", 1, 13, "desk", "“url” is missing"),
    ("secret without prefix", "notifiers: {siem: {type: webhook, url: 'https://a.example', secret: hunter2}}\n", "bad-secret", 1, 69, None, "whsec_"),
    ("secret too short", "notifiers: {siem: {type: webhook, url: 'https://a.example', secret: whsec_c2hvcnQ=}}\n", "bad-secret", 1, 69, None, "24 to 64 bytes, and this one has 5"),
    ("secret not base64", "notifiers: {siem: {type: webhook, url: 'https://a.example', secret: [whsec_!]}}\n", "bad-secret", 1, 70, None, "base64"),
    ("open pages", "web:\n  listen: 0.0.0.0:8470\n", "open-without-token", 2, 11, "0.0.0.0:8470", "web.token"),
    ("no port", "web: {listen: localhost}\n", "bad-listen", 1, 15, "localhost", "127.0.0.1:8470"),
    ("port too high", "web: {listen: 127.0.0.1:65536}\n", "bad-listen", 1, 15, "127.0.0.1:65536", ""),
    ("store", "store: {url: postgres://db/monitor}\n", "bad-store", 1, 14, "postgres://db/monitor", "postgresql+psycopg://"),
    ("network", "poll: {allow_networks: [10.0.0.1/8]}\n", "bad-network", 1, 25, "10.0.0.1/8", "did you mean 10.0.0.0/8?"),
    ("header of our own", f"sources: [{{url: '{FEED}', headers: {{Host: a}}}}]\n", "bad-header", 1, 60, "Host", "sends “Host” itself"),
    ("header with a line end", f'sources: [{{url: "{FEED}", headers: {{X-A: "a\\nb"}}}}]\n', "bad-header", 1, 65, "••••••", "can't be sent"),
    ("auth of both kinds", f"sources: [{{url: '{FEED}', auth: {{user: a, bearer: b}}}}]\n", "bad-auth", 1, 50, "auth", "or a bearer token"),
    ("password without user", f"sources: [{{url: '{FEED}', auth: {{password: b}}}}]\n", "bad-auth", 1, 50, "auth", "user"),
    ("language", "watchlists: {w: {match: [a1], languages: [english please]}}\n", "bad-language", 1, 43, "english please", "en, es"),
    ("name with a slash", "watchlists: {a/b: [a1]}\n", "bad-name", 1, 14, "a/b", "“/”"),
    ("empty name", "entities: {'': {name: A1}}\n", "bad-name", 1, 12, "''", "empty"),
    ("misspelt test", "watchlists: {w: {match: [a1], tests: {mach: [a1]}}}\n", "unknown-option", 1, 39, "mach", "“match”"),
    ("misspelt field of a test", "watchlists:\n  w: {match: [a1], tests: {match: [{titel: a1}]}}\n", "unknown-option", 2, 37, "titel", "“title”"),
    ("unset variable", "poll: {contact: '${CONTCT}'}\n", "unset-variable", 1, 18, "${CONTCT}", "did you mean “CONTACT”?"),
    ("bad reference", "poll: {contact: '${my contact}'}\n", "bad-reference", 1, 18, "${my contact}", "${NAME:-default}"),
    ("open reference", "poll:\n  contact: a ${CONTACT\n", "bad-reference", 2, 14, "${", "$${"),
    ("missing secret file", "poll: {contact: '${file:nobody}'}\n", "no-secret-file", 1, 18, "${file:nobody}", "/run/secrets/nobody"),
    ("control character", 'poll: {contact: "a\\0b"}\n', "control-character", 1, 17, '"a\\0b"', ""),
    ("tag", "watchlists:\n  w:\n    - !important\n", "tag", 3, 7, "!important", 'needs quotes: "!important"'),
    ("tag in a line", "watchlists: {w: [!important]}\n", "not-yaml", 1, 18, "!important", 'write "!important"'),
    ("lost alias", "watchlists:\n  w:\n    - *maduro\n", "bad-alias", 3, 7, "*maduro", 'needs quotes: "*maduro"'),
    ("alias inside itself", "x-a: &a [*a]\n", "bad-alias", 1, 10, "*a", "contains itself"),
    ("merge of a text", "x-a: &a b\nlog: {<<: *a}\n", "bad-merge", 2, 7, "<<", "*defaults"),
    ("list as a name", "? [a, b]\n: c\n", "bad-key", 1, 3, "[a, b]", "a list stands where a name belongs"),
    ("second document", "log: {level: info}\n---\npoll: {}\n", "several-documents", 2, 1, "---", "include"),
    ("list at the top", "- a\n- b\n", "wrong-type", 1, 1, "- a", "mapping of sections"),
    ("rule nobody knows", "watchlists: {w: [sounds_like: [a1]]}\n", "unknown-option", 1, 18, "sounds_like", "one of entity, any, all, none"),
    ("no fields", "watchlists: {w: {match: [a1], fields: []}}\n", "empty-value", 1, 39, "[]", "empty"),
    ("list for a word", "watchlists: {w: {match: [a1], severity: [low]}}\n", "wrong-type", 1, 41, "[low]", "one word"),
    ("mapping for a text", "watchlists: {w: {match: [a1], description: {Breaking: closed}}}\n", "wrong-type", 1, 44, "{Breaking: closed}", "“: ” needs quotes"),
    ("list for a duration", "poll: {min: [5m]}\n", "wrong-type", 1, 13, "[5m]", "a duration is expected here, not a list"),
    ("duration without a value", "poll:\n  min:\n", "empty-value", 2, 7, "", "a duration is expected"),
    ("size of nothing", "poll: {max_bytes: 1.5B}\n", "bad-size", 1, 19, "1.5B", "not a size"),
    ("size too small", "poll: {max_bytes: 0.5KB}\n", "bad-size", 1, 19, "0.5KB", "between 1KB"),
    ("mapping for networks", "poll: {allow_networks: {a: b}}\n", "wrong-type", 1, 8, "allow_networks", "10.0.0.0/8"),
    ("no network at all", "poll: {allow_networks: [here]}\n", "bad-network", 1, 25, "here", "fd00::/8"),
    ("list for headers", f"sources: [{{url: '{FEED}', headers: [a]}}]\n", "wrong-type", 1, 59, None, "Name: value"),
    ("no name of a header", f"sources: [{{url: '{FEED}', headers: {{a b: c}}}}]\n", "bad-header", 1, 60, "a b", "name a header"),
    ("long name", f"watchlists: {{{'a' * 101}: [a1]}}\n", "bad-name", 1, 14, "a" * 101, "100 characters"),
    ("name of two lines", 'watchlists: {"a\\nb": [a1]}\n', "bad-name", 1, 14, '"a\\nb"', "line ends"),
    ("name with a blank", "watchlists: {' w': {match: [a1], sources: {include: x}}}\n", "bad-name", 1, 14, "' w'", "blank"),
    ("control character in the file", "log: {}\n# \x07\n", "control-character", 2, 3, "\x07", "remove"),
    ("priority", f"sources: [{{url: '{FEED}', priority: 0}}]\n", "bad-number", 1, 60, "0", "above 0"),
    ("contact of two lines", 'poll: {contact: "a\\nb"}\n', "bad-header", 1, 17, '"a\\nb"', "one line"),
    ("include of nothing", "include: [nothing.yaml]\n", "include-nothing", 1, 11, "nothing.yaml", "no file “nothing.yaml”"),
    ("include outside", "include: [../../etc/passwd]\n", "include-outside", 1, 11, "../../etc/passwd", "folder"),
    ("include of a mapping", "include: [{a: b}]\n", "wrong-type", 1, 11, "{a: b}", "name of a file"),
    ("at_least without count", "watchlists: {w: [at_least: {of: [a1]}]}\n", "missing-option", 1, 18, "at_least", "write count: 2"),
    ("near without within", "watchlists: {w: [near: {groups: [a1, b1]}]}\n", "missing-option", 1, 18, "near", "write within: 6"),
    ("entity without a name", "entities: {e: {aliases: [a1]}}\n", "missing-option", 1, 12, "e", "write name:"),
    ("word far from all", "entities: {e: {name: Ada, ambiguous_alone: maybe}}\n", "not-one-of", 1, 44, "maybe", "write lower or no"),
    ("kind far from all", "notifiers: {desk: {type: pigeon}}\n", "not-one-of", 1, 26, "pigeon", "write console, slack, webhook, discord"),
    ("option far from all", "log: {colour: red}\n", "unknown-option", 1, 7, "colour", "there are: level"),
    ("too many groups", "watchlists: {w: [near: {within: 2, groups: [a, b, c, d, e, f, g]}]}\n", "bad-rule", 1, 44, None, "two near rules"),
    ("query of a tag that vetoes", "watchlists: {w: {match: [a1], none: [query: 'tag:wire']}}\n", "only-none", 1, 45, "'tag:wire'", "sources: {exclude: [tag:NAME]}"),
    ("too deep", f"a: {'[' * 40}\n", "too-deep", 1, 35, None, "split"),
    ("include of itself", "include: config.yaml\n", "include-cycle", 1, 10, "config.yaml", "includes itself"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "code", "line", "column", "under", "words"),
    [pytest.param(*case[1:], id=case[0]) for case in MISTAKES],
)
def test_a_mistake_has_its_code_its_place_and_its_words(
    tmp_path, text, code, line, column, under, words
):
    problem = Folder(tmp_path, {"CONTACT": "desk@wire.example"}).problem(text)

    assert (str(problem.code), problem.line, problem.column) == (code, line, column), problem
    assert words in f"{problem.message} {problem.help}", problem
    assert problem.help, "a problem says what to do"
    if under is not None:
        assert marked(problem) == under


def test_every_mistake_of_every_section_is_told_at_once_in_order(tmp_path):
    text = f"""\
    sources:
      - {FEED}
      - {FEED}
      - url: feeds.example.org/x.xml
        every: 15
    entities:
      maduro: {{nmae: Maduro}}
    watchlists:
      w:
        severity: hihg
        feilds: [title]
        match: [{{entity: madruo}}, ab*, none: [x1]]
        notify: [dsek]
    notifiers:
      desk: {{type: slack, url: "${{SLACK}}"}}
    poll: {{min: 5h, timeout: 20}}
    web: {{listen: 0.0.0.0:80}}
    """
    assert Folder(tmp_path).refused(text) == [
        ("duplicate-source", 3, 5),
        ("bad-address", 4, 10),
        ("bad-duration", 5, 12),
        ("unknown-option", 7, 12),
        ("not-one-of", 10, 15),
        ("unknown-option", 11, 5),
        ("unknown-entity", 12, 22),
        ("bad-term", 12, 31),
        ("only-none", 12, 36),
        ("unknown-notifier", 13, 14),
        ("unset-variable", 15, 29),
        ("bad-range", 16, 13),
        ("bad-duration", 16, 26),
        ("open-without-token", 17, 15),
    ]


def test_a_mistake_in_an_anchor_is_told_once_where_it_stands(tmp_path):
    text = """\
    x-slow: &slow {every: 15}
    sources:
      - {<<: *slow, url: "https://a.example/"}
      - {<<: *slow, url: "https://b.example/"}
    """
    assert Folder(tmp_path).refused(text) == [("bad-duration", 1, 23)]


def test_a_name_nobody_defined_is_no_mistake_while_a_file_is_unread(tmp_path):
    folder = Folder(tmp_path)
    folder.write("entities.yaml", "entities: [oops")
    text = "include: entities.yaml\nwatchlists: {w: [entity: maduro]}\n"
    assert {each.file for each in folder.problems(text)} == {str(tmp_path / "entities.yaml")}


def test_the_carets_stand_inside_a_term_in_quotes_too(tmp_path):
    text = """\
    watchlists:
      w:
        - 'air*space'
        - "  air*space closed"
    """
    assert [marked(each) for each in Folder(tmp_path).problems(text)] == ["*", "*"]


def test_the_carets_stand_inside_a_text_of_several_lines_or_with_escapes(tmp_path):
    text = """\
    watchlists:
      w:
        - query: >-
            airspace NEAR/5 closed
            AND titel:Caracas
        - query: |
            airspace

              && closed
        - query: airspace
            OR Near/5 closed
        - query: "\\"no-fly zone\\" AND ab*"
        - query: "no-fly zone \\
            AND ab*"
        - query: 'Ukraine''s airspace || oil'
    """
    problems = Folder(tmp_path).problems(text)
    assert [(each.line, marked(each)) for each in problems] == [
        (5, "titel"),
        (9, "&&"),
        (11, "Near/5"),
        (12, "ab*"),
        (14, "ab*"),
        (15, "||"),
    ]


def test_where_escapes_hide_a_place_the_whole_text_is_marked(tmp_path):
    problem = Folder(tmp_path).problem('watchlists: {w: ["air*spa\\x63e"]}\n')
    assert marked(problem) == '"air*spa\\x63e"'


def test_a_secret_of_the_right_form_is_taken_alone_and_in_a_list(tmp_path):
    text = "notifiers: {{a: {{type: webhook, url: 'https://a.example/', secret: {}}}}}\nnotify: a\n"
    for secret in (SECRET, f"[{SECRET}, {SECRET}]"):
        settings = Folder(tmp_path).load(text.format(secret)).settings
        assert set(settings.notifiers["a"].secrets) == {SECRET}
