"""What a configuration was read from, and what of it has changed."""

from monitor.config.inputs import Inputs
from monitor.config.load import attempt, load
from monitor.config.unread import store_url
from monitor.errors import ConfigError

HEAD = "sources: [https://wire.example/feed.xml]\n"


def write(folder, name, text):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def test_every_file_counts_those_that_may_come_too(tmp_path):
    text = HEAD + 'include: ["d/*.yaml", more.yaml]\nweb: {token: "${file:token}"}\n'
    path, more = write(tmp_path, "config.yaml", text), write(tmp_path, "more.yaml", "")
    secret = write(tmp_path, "token", "s3cret-token")
    inputs = load(path, environ={}).inputs
    assert inputs.now() == inputs
    for change in (
        lambda: write(tmp_path, "d/new.yaml", ""),
        lambda: write(tmp_path, "more.yaml", "# changed"),
        lambda: secret.write_text("another-token"),
        more.unlink,
        path.unlink,
    ):
        before = inputs.now()
        change()
        assert inputs.now() != before
    assert tmp_path in inputs.folders()


def test_a_configuration_that_is_wrong_is_known_by_its_files_as_well(tmp_path):
    path = write(tmp_path, "config.yaml", HEAD + "include: there.yaml\n")
    outcome, inputs = attempt(path, environ={})
    assert isinstance(outcome, ConfigError)
    write(tmp_path, "there.yaml", "")
    assert inputs.now() != inputs


def test_only_events_that_may_change_it_concern_it(tmp_path):
    path = write(tmp_path, "config.yaml", HEAD + 'include: "d/**/*.yaml"\n')
    write(tmp_path, "d/deep/a.yaml", "")
    inputs = load(path, environ={}).inputs
    for name in ("config.yaml", "d/deep/a.yaml", "d/deep/b.yaml", "d/deep", "d"):
        assert inputs.concerns(str(tmp_path / name))
    (tmp_path / "later.yaml").write_text("include: none.d/*.yaml\n")
    later = load(tmp_path / "later.yaml", environ={}).inputs
    assert later.concerns(str(tmp_path / "none.d"))
    for name in ("monitor.db-wal", "log", "d/deep/b.txt", ".config.yaml.swp"):
        assert not inputs.concerns(str(tmp_path / name))


def test_links_on_the_way_are_watched_where_they_lie(tmp_path):
    write(tmp_path, "volume/..1/config.yaml", HEAD)
    (tmp_path / "volume/..data").symlink_to("..1")
    (tmp_path / "volume/config.yaml").symlink_to("..data/config.yaml")
    (tmp_path / "here.yaml").symlink_to("volume/config.yaml")
    inputs = load(tmp_path / "volume/config.yaml", environ={}).inputs
    assert {tmp_path / "volume", tmp_path / "volume/..1"} <= inputs.folders()
    assert inputs.concerns(str(tmp_path / "volume/..data"))
    assert {tmp_path, tmp_path / "volume"} <= Inputs(
        contents={tmp_path / "here.yaml": b""}
    ).folders()


def test_a_file_that_lost_much_of_its_length_is_noticed(tmp_path):
    path = write(tmp_path, "config.yaml", HEAD)
    inputs = load(path, environ={}).inputs
    for length, thinned in ((0, True), (len(HEAD) // 2, True), (len(HEAD) - 4, False)):
        path.write_text(HEAD[:length])
        assert inputs.thinned(inputs.now()) == thinned
    path.unlink()
    assert not inputs.thinned(inputs.now())


def test_what_held_something_and_is_empty_now_is_unfinished(tmp_path):
    path = write(tmp_path, "config.yaml", HEAD + 'include: "d/*.yaml"\nentities:\n')
    lists = "x-own:\nwatchlists: {oil: [Brent]}\n"
    more = write(tmp_path, "d/a.yaml", lists)
    held = load(path, environ={}).inputs.held

    def wrong():
        outcome, _ = attempt(path, environ={}, held=held)
        problems = outcome.problems if isinstance(outcome, ConfigError) else ()
        return [(each.file, each.line, str(each.code)) for each in problems]

    assert wrong() == []
    for text, line in (("", 0), ("# lists\n", 0), ("watchlists:\n", 1), ("\nwatchlists: #", 2)):
        more.write_text(text)
        assert wrong() == [(str(tmp_path / "d/a.yaml"), line, "unfinished")]
    more.write_text("watchlists: [\n")
    assert [code for *_, code in wrong()] == ["not-yaml"]
    for text in ("watchlists: {}", "entities: {}", lists):  # on purpose
        more.write_text(text)
        assert wrong() == []
    more.unlink()
    assert wrong() == []
    path.write_text("")
    assert wrong() == [(str(path), 0, "unfinished")]


def test_the_store_of_a_broken_configuration_is_found(tmp_path):
    def found(text):
        return store_url(write(tmp_path, "config.yaml", text), environ={"PW": "x"})

    assert found("nonsense: [\n") == "sqlite:///monitor.db"
    assert found("store: {url: sqlite:///other.db}\nnonsense: [\n") == "sqlite:///other.db"
    assert found("# sqlite:///no.db\nstore:\n  url: 'sqlite:///a b.db'\n") == "sqlite:///a"
    postgres = "postgresql+psycopg://u:${PW}@db.example/monitor"
    assert found(f"store: {{url: '{postgres}'}}\n[") == postgres.replace("${PW}", "x")
    assert found(postgres.replace("PW", "NOT_SET")) is None
