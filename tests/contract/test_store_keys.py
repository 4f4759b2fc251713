"""What a store of the first release knew of items is known to this one, on every database."""

from builders import NOW
from sqlalchemy import text
from store_builders import DAY, WIRE, a_poll, again, commit, key

from monitor.model import Known
from monitor.store import Store, schema
from monitor.store.columns import micros
from monitor.store.engine import open_database

SOURCE = (
    "INSERT INTO sources (id, url, host, name, tags, next_poll_at, poll_seq, document_at,"
    " failures, error, rate) VALUES (7, :url, 'wire.example', 'Wire', '[]', 0, 3, :now, 0, '', 0)"
)
ITEM = (
    "INSERT INTO items (id, source_id, keys, first_seen, language, guid, title, summary, content,"
    " link, author, tags, entry_language)"
    " VALUES (:id, 7, :keys, :now, '', '1', 'A', '', '', '', '', '[]', '')"
)
KEY = "INSERT INTO item_keys (source_id, key, last_seen) VALUES (7, :key, :seen)"


def first_release(url, keys, removed, *, seen):
    """Make a store of the first release with one item known by some keys, and keys of none."""
    database = open_database(url)
    schema.prepare(database, head="0001")
    raw = [bytes.fromhex(each) for each in keys]
    with database.write() as connection:
        connection.execute(text(SOURCE), {"url": WIRE, "now": micros(NOW)})
        item = {"id": "item-1", "keys": b"".join(raw), "now": micros(NOW)}
        connection.execute(text(ITEM), item)
        for each in [*raw, bytes.fromhex(removed)]:
            connection.execute(text(KEY), {"key": each, "seen": micros(seen)})
    database.close()


def test_keys_of_the_first_release_name_their_items(databases):
    url, keys, removed = databases.new(ready=False), [key("guid"), key("link")], key("removed")
    first_release(url, keys, removed, seen=NOW)
    with Store.open(url) as store:
        assert store.known(7, [*keys, removed]) == {
            **{each: Known(item="item-1") for each in keys},
            removed: Known(item=removed),
        }
        assert store.items_by_id(["item-1", removed]).keys() == {"item-1"}


def test_what_stood_in_the_document_of_the_first_release_stands_there_still(databases):
    url = databases.new(ready=False)
    first_release(url, [key("guid")], key("removed"), seen=NOW - DAY / 2)
    with Store.open(url) as store:
        assert store.prune(NOW + 100 * DAY) == 0
        [state] = store.source_states([WIRE])
        later = NOW + 100 * DAY
        commit(store, a_poll(again(store, state), "2", now=later))
        assert store.prune(later) == 1
