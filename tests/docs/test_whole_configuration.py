"""Every option that the contract between people and the monitor shows can be written in one file."""

from datetime import time, timedelta

from monitor.config.load import load
from monitor.model import Severity
from monitor.watch.rules import AtLeast

WHOLE = """\
# yaml-language-server: $schema=monitor/config/schema.json
sources:
  - https://harbour.example/feed.xml
  - url: https://port.example/rss
    name: Port Office
    tags: [official, wire]
    every: 10m
    language: es
    headers: {X-Desk: harbour}
    auth: {user: desk, password: "${PORT_PASSWORD}"}
    proxy: http://proxy.example:3128
    verify_tls: no
    fulltext: no
    priority: 2
    identity: link
    enabled: yes
    first_poll: remember
  - url: https://member.example/atom
    auth: {bearer: "${MEMBER_TOKEN:-none}"}
include: [watchlists.d/*.yaml, feeds.opml]

entities:
  ortega:
    name: Lucía Ortega
    aliases: [Lucía Ortega Prado, "Ortega, Lucía", Ортега, 奥尔特加, أورتيغا]
    ambiguous: [=Ortega]
    context: [harbour, Puerto Azul]
    exclude: [sauce*, Daniel Ortega]

watchlists:
  pilots: [pilot boat, "tug strike", "no-sail zone"]
  harbour:
    description: Ships wait outside; whoever loads tonight needs to know.
    severity: high
    fields: [title, summary, content, author, tags, url]
    languages: [en, es]
    sources: {include: [tag:wire, "*.port.example"], exclude: [tag:official]}
    match:
      - entity: ortega
      - all: [harbour, {any: [blockade, port closure]}]
      - near: {within: 6, groups: [[pier], [closed, closure]], ordered: yes, same_sentence: yes}
      - at_least: {count: 2, of: [berth, quay, dock*]}
      - query: 'title:"harbour master" OR (pier NEAR/5 closed AND lang:es) OR /TEU ?\\d+/'
      - query: 'ATLEAST/2(berth, quay, dock*) AND NOT (summary:regatta OR source:sport)'
    none: [regatta, Miss Harbour]
    notify: [desk]
    on_update: numbers
    throttle: {per_story: 6h, max_per_hour: 20}
    quiet_hours: {from: "22:00", to: "06:00", zone: Europe/Madrid, bypass: critical}
    tests:
      match: [Harbour faces a blockade]
      no_match: [{title: Best Ortega sauces, source: https://kitchen.example/feed}]

notifiers:
  console: {type: console}
  desk: {type: slack, url: "${SLACK_WEBHOOK_URL}"}
  threads: {type: slack, token: "${SLACK_BOT_TOKEN}", channel: C012345}
  siem:
    type: webhook
    url: https://siem.example.org/hook
    secret: ["${file:siem_secret}", "${file:old_secret}"]
    allow_networks: [10.0.0.0/8]
  chat: {type: discord, url: https://discord.com/api/webhooks/1/abc}
  office: {type: teams, url: "https://office.example/workflows/abc?sig=def"}
  ours: {type: mattermost, url: https://chat.example/hooks/abc}
  phone: {type: ntfy, topic: harbour-7f3a91c2}
  pager: {type: pagerduty, routing_key: 0123456789abcdef0123456789abcdef}
  post: {type: email, server: smtp.example.org, from: monitor@example.org, to: desk@example.org}
  rest: {type: apprise, url: "tgram://123456789:abcdefg_hijklmnop/12315544/"}
notify: [console, threads, siem, chat, office, ours, phone, pager, post, rest]

alerts:
  first_poll: remember
  max_age: 3d
  group_wait: 0s
  per_story: 6h
  max_per_hour: 60
  digest: {at: "07:30", zone: Europe/Madrid, notify: [desk], severities: [low]}
poll:
  every: adaptive
  min: 5m
  max: 4h
  budget: 1/h
  timeout: 20s
  at_once: 64
  per_host: 1
  host_gap: 1s
  max_bytes: 20MB
  contact: desk@example.org
  allow_networks: [192.168.7.0/24]
store: {url: "sqlite:///monitor.db", keep: 90d}
engine: {url: embedded}
web: {listen: "127.0.0.1:8470", token: "", public_url: ""}
health: {notify: [console], source_dead_after: 24h, heartbeat: {url: "", every: 5m}}
log: {level: info, format: auto}
"""
OUTSIDE = {
    "PORT_PASSWORD": "harbour-1",
    "SLACK_WEBHOOK_URL": "https://hooks.slack.com/services/T/B/x",
    "SLACK_BOT_TOKEN": "xoxb-1",
}


def test_one_file_may_hold_every_option(tmp_path):
    (tmp_path / "config.yaml").write_text(WHOLE, encoding="utf-8")
    (tmp_path / "feeds.opml").write_text(
        '<opml version="2.0"><body><outline xmlUrl="https://sport.port.example/feed">'
        "</outline></body></opml>"
    )
    lists = tmp_path / "watchlists.d"
    lists.mkdir()
    (lists / "ferries.yaml").write_text("watchlists: {ferries: [ferry]}\n")
    for name in ("siem_secret", "old_secret"):
        (tmp_path / name).write_text("whsec_bG9vcGJhY2sgbG9vcGJhY2sgbG9vcGJhY2shIQ==\n")

    loaded = load(tmp_path / "config.yaml", environ=OUTSIDE)

    settings = loaded.settings
    assert [str(each) for each in loaded.warnings] == []
    assert len(settings.sources) == 4
    harbour = next(each for each in settings.watchlists if each.name == "harbour")
    assert {each.name for each in settings.watchlists} == {"pilots", "harbour", "ferries"}
    assert harbour.severity is Severity.HIGH
    assert harbour.quiet_hours.end == time(6)
    assert harbour.throttle.per_story == timedelta(hours=6)
    assert any(isinstance(rule, AtLeast) for rule in harbour.match)
    assert len(settings.notifiers) == 11
