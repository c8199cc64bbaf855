"""`./run.sh bench --compare REV`: what it calls a change, and what is noise."""

import importlib
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


@pytest.fixture(scope="module")
def compare():
    """The benchmark; its modules find each other in their own folder."""
    sys.path.insert(0, str(BENCHMARKS))
    try:
        yield importlib.import_module("compare")
    finally:
        sys.path.remove(str(BENCHMARKS))


@pytest.fixture
def row(compare):
    """A row with the CPU seconds of each round before and after; time and memory stay."""

    def make(before, after):
        def took(seconds):
            return [compare.Took(wall_s=1.0, cpu_s=one, memory_mib=50.0) for one in seconds]

        return compare.Row(name="add", took={"before": took(before), "after": took(after)})

    return make


@pytest.mark.parametrize(
    ("before", "after", "verdict"),
    [
        ((2.0, 2.1, 2.2), (1.0, 1.05, 1.1), "50% less CPU"),
        ((1.0, 1.05, 1.1), (2.0, 2.1, 2.2), "100% MORE CPU"),
        ((1.0, 1.1, 2.2), (2.0, 2.1, 2.2), "no change"),
        ((1.00, 1.01, 1.01), (1.02, 1.02, 1.03), "no change"),
        ((2.0,), (1.0,), "no change"),
    ],
    ids=["quicker", "slower", "rounds that overlap", "hardly apart", "run once"],
)
def test_a_row_has_moved_where_every_round_is_beyond_every_other(row, before, after, verdict):
    assert verdict == row(before, after).verdict


def test_the_table_has_a_line_for_each_row_with_its_rounds(compare, row):
    one = row((2.0, 2.1, 2.2), (1.0, 1.1, 1.2))

    *_, line = compare.table([one], one).splitlines()

    cells = [cell.strip() for cell in line.strip("|").split("|")]
    assert cells[:3] == ["add", "2.10 s (2.00-2.20)", "1.10 s (1.00-1.20)"]
    assert cells[-2:] == ["50, 50 MiB", "48% less CPU"]


@pytest.mark.usefixtures("compare")  # which leads to the folder
def test_a_thread_is_drawn_where_it_worked():
    timeline = importlib.import_module("timeline")
    halves = {
        (7, 7, "python"): [(at / 100, min(at, 50) / 100) for at in range(101)],
        (7, 8, "enc0"): [(at / 100, max(at - 50, 0) / 100) for at in range(101)],
    }

    first, second, cores, _ = timeline.drawn(halves)

    assert "|" + "#" * 50 in first
    assert second.rstrip("|").endswith("#" * 49)
    assert {"5"} == set(cores.split("|")[1][1:-1])
