"""Which folders give no events, and what is noticed where they give some."""

import asyncio
from pathlib import Path

from monitor.config.inputs import Inputs, digest_of
from monitor.daemon.watching import remote_among, watching

MOUNTS = """\
/dev/sda1 / ext4 rw 0 0
desk:/export /mnt/the\\040desk nfs4 rw 0 0
/dev/sdb1 /mnt/the\\040desk/local ext4 rw 0 0
host /mnt/host fuse.glusterfs rw 0 0
"""


def test_folders_on_other_machines_are_known(tmp_path):
    mounts = tmp_path / "mounts"
    mounts.write_text(MOUNTS)
    desk = Path("/mnt/the desk")
    assert remote_among([Path("/etc"), desk / "monitor"], mounts) == desk / "monitor"
    assert remote_among([Path("/mnt/host")], mounts) == Path("/mnt/host")
    assert remote_among([Path("/etc"), desk / "local/monitor"], mounts) is None
    assert remote_among([desk], tmp_path / "nowhere") is None


async def test_only_what_concerns_the_inputs_is_told(tmp_path):
    path = tmp_path / "config.yaml"
    path.write_text("one")
    happened = asyncio.Event()
    inputs = Inputs(contents={path: digest_of(path)})
    with watching(inputs, happened.set):
        async with asyncio.timeout(30):
            while not happened.is_set():  # until it watches
                path.write_text("another")
                await asyncio.sleep(0.1)
        await asyncio.sleep(0.3)
        happened.clear()
        (tmp_path / "monitor.db-wal").write_text("a commit")
        await asyncio.sleep(0.3)
        assert not happened.is_set()
        (tmp_path / "new").write_text("a third")
        (tmp_path / "new").replace(path)
        async with asyncio.timeout(30):
            await happened.wait()
