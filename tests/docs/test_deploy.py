"""The files in deploy/ hold together: with each other, with the program, with what they promise."""

import asyncio
import json
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml

from monitor.cli import COMMANDS
from monitor.daemon import Health
from monitor.settings import WebSettings
from monitor.web import serve

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
UNIT = (DEPLOY / "monitor.service").read_text(encoding="utf-8")
DOCKERFILE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
README = (DEPLOY / "README.md").read_text(encoding="utf-8")
SYSTEMD = shutil.which("systemd-analyze")


def directives(text=UNIT):
    """Return each directive of a unit with all its values, in order."""
    found = {}
    for line in text.splitlines():
        if line and line[0] not in "#[":
            name, value = line.split("=", 1)
            found.setdefault(name, []).append(value)
    return found


def instructions():
    """Return the Dockerfile's instructions, continuation lines joined."""
    lines = re.sub(r"\\\n", " ", re.sub(r"(?m)^#.*\n", "", DOCKERFILE)).splitlines()
    return [tuple(line.split(None, 1)) for line in lines if line.strip()]


def arguments(of):
    return [rest for name, rest in instructions() if name == of]


# --- the systemd unit -------------------------------------------------------------------------


@pytest.mark.skipif(SYSTEMD is None, reason="systemd-analyze is not installed")
def test_systemd_understands_every_line(tmp_path):
    # The program isn't installed where the unit expects it, so another stands in its place.
    unit = tmp_path / "monitor.service"
    unit.write_text(re.sub(r"(?m)^ExecStart=\S+", f"ExecStart={sys.executable}", UNIT))
    answer = subprocess.run(
        [SYSTEMD, "verify", "--man=no", str(unit)], capture_output=True, text=True, check=False
    )
    assert (answer.returncode, answer.stderr) == (0, "")


@pytest.mark.skipif(SYSTEMD is None, reason="systemd-analyze is not installed")
def test_the_service_is_exposed_to_little(tmp_path):
    unit = tmp_path / "monitor.service"
    unit.write_text(UNIT)
    answer = subprocess.run(
        [SYSTEMD, "security", "--offline=true", "--threshold=15", "--no-pager", str(unit)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stdout[-200:]


def test_the_unit_restarts_everything_but_a_wrong_configuration():
    unit = directives()
    assert unit["Type"] == ["notify"]
    assert unit["Restart"] == ["always"]
    assert unit["RestartPreventExitStatus"] == ["78"]
    assert int(unit["WatchdogSec"][0]) > 0
    assert int(unit["TimeoutStopSec"][0]) > 10  # the daemon's own ten seconds come first
    # Its exit code would not count for RestartPreventExitStatus.
    assert "ExecStartPre" not in unit


def test_the_unit_keeps_what_hardens_it():
    unit = directives()
    for name in (
        "DynamicUser",
        "NoNewPrivileges",
        "PrivateDevices",
        "PrivateTmp",
        "PrivateUsers",
        "ProtectHome",
        "ProtectClock",
        "ProtectControlGroups",
        "ProtectKernelLogs",
        "ProtectKernelModules",
        "ProtectKernelTunables",
        "MemoryDenyWriteExecute",
        "RestrictNamespaces",
        "RestrictSUIDSGID",
        "LockPersonality",
    ):
        assert unit[name] == ["yes"], name
    assert unit["ProtectSystem"] == ["strict"]
    assert unit["CapabilityBoundingSet"] == [""]
    assert unit["UMask"] == ["0077"]
    assert "link-local" in unit["IPAddressDeny"][0]


def test_the_unit_lets_the_parsers_children_limit_themselves():
    filters = directives()["SystemCallFilter"]
    assert filters[0] == "@system-service"
    assert not [each for each in filters if each.startswith("~") and "@resources" in each]


def test_the_unit_runs_a_command_that_exists_where_its_database_may_be_written():
    unit = directives()
    program, command, *rest = shlex.split(unit["ExecStart"][0])
    assert (Path(program).name, rest[0]) == ("monitor", "-c")
    assert command in COMMANDS
    assert unit["StateDirectory"] == ["monitor"]
    assert unit["WorkingDirectory"] == ["%S/monitor"]


# --- the image --------------------------------------------------------------------------------


def test_the_image_is_built_in_two_stages_and_does_not_run_as_root():
    stages = [index for index, (name, _) in enumerate(instructions()) if name == "FROM"]
    assert len(stages) == 2
    final = instructions()[stages[-1] :]
    (user,) = [rest for name, rest in final if name == "USER"]
    assert user == "65532:65532"
    assert not [rest for name, rest in final if name == "RUN" and "pip" in rest]


def test_the_base_image_is_a_named_release_that_the_project_supports():
    bases = {rest.split()[0] for rest in arguments("FROM")}
    (base,) = bases
    version = re.fullmatch(r"python:(3\.\d+)-slim", base)[1]
    assert f"Programming Language :: Python :: {version}" in (ROOT / "pyproject.toml").read_text()


def test_nothing_gets_into_the_image_without_a_hash():
    installs = [step for run in arguments("RUN") for step in run.split("&&") if "install" in step]
    pips = [step for step in installs if "pip install" in step]
    assert pips
    for step in pips:
        assert "--require-hashes" in step
        assert step.rstrip().endswith("-r /tmp/requirements.lock")
    assert not arguments("ADD")
    assert not [run for run in arguments("RUN") if re.search(r"\b(curl|wget|apt-get)\b", run)]


def test_the_image_is_made_of_files_that_exist_and_are_sent_to_the_builder():
    ignore = (DEPLOY / "Dockerfile.dockerignore").read_text().split()
    copied = [rest.split() for rest in arguments("COPY") if not rest.startswith("--from")]
    assert copied
    for *sources, _ in copied:
        for source in sources:
            assert (ROOT / source).exists()
            assert f"!{source}" in ignore


def test_the_lock_of_the_image_holds_every_dependency_with_its_hashes():
    lock = (DEPLOY / "requirements.lock").read_text(encoding="utf-8")
    pinned = dict(re.findall(r"(?m)^([a-z0-9-]+)==([^ ;\\]+)(?=[^\n]*\\\n +--hash=sha256:)", lock))
    assert set(re.findall(r"(?m)^([a-z0-9-]+)", lock)) == pinned.keys()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]["postgres"]
    for wanted in [*project["dependencies"], *extras]:
        assert re.match(r"[A-Za-z0-9-]+", wanted)[0].lower() in pinned


@pytest.mark.parametrize("live", [True, False])
async def test_the_health_check_of_the_image_tells_a_live_daemon_from_a_dead_one(live):
    (check,) = arguments("HEALTHCHECK")
    _, _, code = json.loads(check[check.index("[") :])
    stop, bound = asyncio.Event(), asyncio.get_running_loop().create_future()
    async with asyncio.TaskGroup() as group:
        settings = WebSettings(listen=("127.0.0.1", 0))
        health = Health(live=live, ready=False)
        group.create_task(serve(settings, lambda: health, stop, bound.set_result))
        _, port = await bound
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code.replace("8470", str(port))
        )
        assert (await child.wait() == 0) == live
        stop.set()


def test_the_health_check_asks_where_the_daemon_listens_unless_told_otherwise():
    assert f"'127.0.0.1', {WebSettings().listen[1]}" in arguments("HEALTHCHECK")[0]


# --- compose ----------------------------------------------------------------------------------


def test_the_container_can_write_its_volume_and_nothing_else():
    service = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    monitor = service["services"]["monitor"]
    assert monitor["read_only"] is True
    assert monitor["cap_drop"] == ["ALL"]
    assert monitor["security_opt"] == ["no-new-privileges:true"]
    assert monitor["user"] == arguments("USER")[0]
    assert "privileged" not in monitor
    assert "network_mode" not in monitor
    assert [mount for mount in monitor["volumes"] if not mount.endswith(":ro")] == [
        f"data:{arguments('WORKDIR')[0]}"
    ]
    assert service["volumes"].keys() == {"data"}


def test_compose_builds_the_dockerfile_and_waits_for_a_clean_stop():
    file = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
    monitor = file["services"]["monitor"]
    context = (DEPLOY / monitor["build"]["context"]).resolve()
    assert context == ROOT
    assert (context / monitor["build"]["dockerfile"]).is_file()
    assert int(monitor["stop_grace_period"].removesuffix("s")) > 10
    assert "ports" not in monitor  # reachable from outside only when asked for


# --- the page for three in the morning --------------------------------------------------------


def test_the_page_names_only_commands_that_exist():
    named = set(re.findall(r"(?:`|bin/)monitor ([a-z-]+)", README))
    assert len(named) >= 4
    assert named <= COMMANDS.keys()
