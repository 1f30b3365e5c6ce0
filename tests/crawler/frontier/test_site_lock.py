from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from crawler.frontier.site_lock import SiteBusy, SiteLock

HOLD = """
import sys
from pathlib import Path
from crawler.frontier.site_lock import SiteLock
lock = SiteLock(Path(sys.argv[1]), "Blue Hill")
print("held", flush=True)
sys.stdin.read()
"""


def test_a_site_has_one_owner_and_the_refusal_names_it(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == "held\n"
        with pytest.raises(SiteBusy, match=rf"Blue Hill is being crawled .*\(pid {owner.pid}\)"):
            SiteLock(tmp_path, "Blue Hill")
        SiteLock(tmp_path, "Other").release()
        owner.kill()
        owner.wait()

        SiteLock(tmp_path, "Blue Hill").release()


def test_sites_whose_names_look_alike_in_a_file_name_have_locks_of_their_own(tmp_path: Path) -> None:
    first = SiteLock(tmp_path, "翰林")
    second = SiteLock(tmp_path, "武林")

    assert first.path != second.path
    first.release()
    second.release()


def test_a_released_site_can_be_taken_again(tmp_path: Path) -> None:
    SiteLock(tmp_path, "Blue Hill").release()
    SiteLock(tmp_path, "Blue Hill").release()
