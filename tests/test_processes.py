"""Work in processes of this machine: what they report, what they raise, what a killed one costs."""

import os
import signal
import sys
from pathlib import Path

import pytest

from columncast.episodes.building.processes import side_by_side
from columncast.episodes.errors import ColumncastError

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL there")


def outcomes(work, items, *, jobs=2):
    """Return what came of each item, and what was reported meanwhile."""
    heard = []
    done = dict(
        side_by_side(
            work, items, jobs=jobs, progress=lambda what, share: heard.append((what, share))
        )
    )
    return done, heard


def measured(item, progress):
    progress(item, 0.5)
    progress(item, 1.0)
    return None if item == "nothing" else len(item)


def refused(item, _progress):
    if item == "bad":
        raise ColumncastError("is not audio", where=item)
    return item


def broken(item, _progress):
    raise ValueError(item)


def unsendable(_item, _progress):
    return lambda: None


def killed_once(item, _progress):
    mark = Path(item)
    if not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return "done"


def killed(item, _progress):
    if item == "heavy":
        os.kill(os.getpid(), signal.SIGKILL)
    return item


def test_each_item_has_its_result_and_reports_its_progress():
    done, heard = outcomes(measured, ["a", "bc", "nothing"])

    assert {"a": 1, "bc": 2, "nothing": None} == done
    assert {(item, share) for item in done for share in (0.5, 1.0)} == set(heard)


def test_a_failure_with_a_message_for_people_stops_no_other_item():
    done, _ = outcomes(refused, ["good", "bad", "fine"])

    assert ("good", "fine") == (done["good"], done["fine"])
    assert "bad: is not audio" == str(done["bad"])


@pytest.mark.parametrize(("work", "error"), [(broken, ValueError), (unsendable, Exception)])
def test_a_fault_is_raised_here_and_says_where_it_was_there(work, error):
    with pytest.raises(error) as caught:
        outcomes(work, ["x"])

    assert "Traceback" in "".join(caught.value.__notes__)


def test_what_a_killed_process_had_begun_is_begun_again(tmp_path):
    items = [str(tmp_path / name) for name in ("a", "b")]

    assert dict.fromkeys(items, "done") == outcomes(killed_once, items)[0]


def test_an_item_whose_process_is_killed_twice_is_given_up_and_no_other():
    done, _ = outcomes(killed, ["heavy", "light", "lighter"])

    assert ("light", "lighter") == (done["light"], done["lighter"])
    assert "killed, twice" in str(done["heavy"])
