"""`${…}` brings values from outside into texts, and into nothing but texts."""

import pytest
from config_builders import Folder, marked


def contact(folder, written, quoted=True):
    value = f"'{written}'" if quoted else written
    return folder.load(f"poll:\n  contact: {value}\n").settings.poll.contact


@pytest.fixture
def folder(tmp_path):
    return Folder(tmp_path, {"DESK": "desk@wire.example", "EMPTY": ""})


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("${DESK}", "desk@wire.example"),
        ("mail ${DESK} or ${DESK}", "mail desk@wire.example or desk@wire.example"),
        ("${NOBODY:-nobody@wire.example}", "nobody@wire.example"),
        ("${NOBODY:-}", ""),
        ("${EMPTY:-fallback}", "fallback"),
        ("${EMPTY}", ""),
        ("${DESK:-fallback}", "desk@wire.example"),
        ("${NOBODY:-a:-b}", "a:-b"),
        ("$${DESK}", "${DESK}"),
        ("$$${DESK}", "$${DESK}"),
        ("cost: 5$ and $DESK and $$", "cost: 5$ and $DESK and $$"),
    ],
)
def test_a_reference_is_replaced(folder, written, value):
    assert contact(folder, written) == value


def test_a_value_can_not_change_the_structure_of_a_file(folder):
    folder.environ["DESK"] = "x: y\n- &a [#, \"', ${EMPTY:-not again}"
    settings = folder.load("watchlists: {w: {match: [a1], description: '${DESK}'}}\n").settings
    assert settings.watchlists[0].description == folder.environ["DESK"]


def test_names_of_options_and_comments_are_left_alone(folder):
    text = "# ${NOBODY}\nwatchlists:\n  '${NOBODY}': [a1]\n"
    assert folder.load(text).settings.watchlists[0].name == "${NOBODY}"


def test_any_type_of_option_takes_a_reference(folder):
    folder.environ |= {"EVERY": "15m", "OFF": "no", "AT_ONCE": "7", "SEVERITY": "low"}
    text = """\
    sources: [{url: "https://wire.example/", every: "${EVERY}", verify_tls: "${OFF}"}]
    watchlists: {w: {match: ["${DESK}"], severity: "${SEVERITY}"}}
    poll: {at_once: "${AT_ONCE}"}
    """
    settings = folder.load(text).settings
    assert settings.sources[0].every.total_seconds() == 900
    assert settings.sources[0].verify_tls is False
    assert settings.poll.at_once == 7
    assert settings.watchlists[0].severity == "low"


def test_a_relative_file_is_looked_for_in_the_credentials_then_beside_the_file(folder):
    credentials = folder.path / "credentials"
    folder.write("mail", "beside@wire.example\n")
    assert contact(folder, "${file:mail}") == "beside@wire.example"
    folder.write("credentials/mail", "credential@wire.example\n")
    folder.environ["CREDENTIALS_DIRECTORY"] = str(credentials)
    assert contact(folder, "${file:mail}") == "credential@wire.example"


def test_an_absolute_file_is_taken_as_it_is(folder):
    path = folder.write("elsewhere/mail", "x@wire.example")
    assert contact(folder, f"${{file:{path}}}") == "x@wire.example"


@pytest.mark.parametrize(("ending", "kept"), [("\n", ""), ("\r\n", ""), ("\n\n", "\n"), ("", "")])
def test_one_line_end_at_the_end_of_a_file_is_dropped(folder, ending, kept):
    folder.write("why", f"because{ending}")
    settings = folder.load("watchlists: {w: {match: [a1], description: '${file:why}'}}").settings
    assert settings.watchlists[0].description == f"because{kept}"


def test_an_unset_name_is_read_from_the_file_that_name_file_names(folder):
    folder.environ["TOKEN_FILE"] = str(folder.write("token", "from-the-file\n"))
    assert contact(folder, "${TOKEN}") == "from-the-file"
    assert contact(folder, "${TOKEN:-default}") == "from-the-file"
    folder.environ["TOKEN"] = "from-the-environment"
    assert contact(folder, "${TOKEN}") == "from-the-environment"


def test_a_missing_file_says_where_it_was_looked_for(folder):
    problem = folder.problem("poll: {contact: '${file:mail}'}\n")
    assert problem.code == "no-secret-file"
    assert problem.help == f"looked for /run/secrets/mail, {folder.path}/mail"


@pytest.mark.parametrize(
    ("content", "code"),
    [(b"\xff\xfe", "not-utf-8"), (b"a\0b", "control-character"), (b"x" * 70_000, "no-secret-file")],
)
def test_a_file_that_holds_no_text_is_refused(folder, content, code):
    folder.write("mail", content)
    problem = folder.problem("poll: {contact: '${file:mail}'}\n")
    assert problem.code == code


def test_a_folder_and_a_device_are_no_secret_files(folder):
    folder.write("mail/x", "")
    for path in ("mail", "/dev/zero"):
        assert folder.problem(f"poll: {{contact: '${{file:{path}}}'}}\n").code == "no-secret-file"


def test_bytes_of_the_environment_that_are_no_text_are_refused(folder):
    folder.environ["DESK"] = b"\xff".decode("utf-8", "surrogateescape")
    assert folder.problem("poll: {contact: '${DESK}'}\n").code == "not-utf-8"


def test_each_lost_reference_of_a_text_is_told_and_nothing_follows_from_it(folder):
    problems = folder.problems("sources:\n  - https://${HOSTT}/${PATHH}.xml\n")
    assert [(str(each.code), marked(each)) for each in problems] == [
        ("unset-variable", "${HOSTT}"),
        ("unset-variable", "${PATHH}"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "sources: [{url: 'https://a.example/', auth: {bearer: '${NOPE}'}}]",
        "sources: [{url: 'https://a.example/', auth: {user: '${NOPE}', password: x}}]",
        "sources: [{url: 'https://a.example/', headers: {X-Key: '${NOPE}'}}]",
        "sources: [{url: '${NOPE}', name: a}]",
        "web: {listen: '0.0.0.0:8470', token: '${NOPE}'}",
        "poll: {min: '${NOPE}', max: 1m}",
        "notifiers: {d: {type: slack, url: '${NOPE}'}}",
        "notifiers: {d: {type: '${NOPE}', url: 'https://a.example/'}}",
        "store: {url: '${NOPE}'}",
    ],
)
def test_what_only_follows_from_a_broken_reference_is_no_second_mistake(folder, text):
    assert [problem.code for problem in folder.problems(text)] == ["unset-variable"]


def test_what_is_wrong_beside_a_broken_reference_is_told_too(folder):
    text = """\
    sources:
      - {url: "https://a.example/", auth: {bearer: "${NOPE}"}, evry: 5m}
      - {url: "https://b.example/", auth: {password: x}}
    """
    codes = [problem.code for problem in folder.problems(text)]
    assert codes == ["unset-variable", "unknown-option", "bad-auth"]
