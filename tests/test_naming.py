"""Which episode a person means: slug, number, `latest`, a part of slug or title; else the nearest."""

from datetime import UTC, datetime

import click
import pytest

from columncast.cli import cli
from columncast.episodes.building.unfinished import record_rename
from columncast.episodes.console.parameters import EpisodeName
from columncast.episodes.disk.journal import together
from columncast.episodes.entry.naming import find_episode
from columncast.episodes.errors import EpisodeError, UsageError
from columncast.episodes.show.folder import ShowFolder

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
EPISODES = {
    "the-last-ferry": ("The Last Ferry", 1, "2026-11-06"),
    "ferry-to-sodermalm": ("Färja till Södermalm", 2, "2026-11-13"),
    "winter-bread": ("L’été, c’est loin: Bread in Winter", 3, "2026-11-20"),
    "1984": ("A Year in a Novel", 4, "2026-11-27"),
    "next-week": ("The Ninth Wave", None, "2026-12-04"),
}


@pytest.fixture
def shelf(show) -> ShowFolder:
    """A show of five episodes whose facts are all there is of them."""
    for slug, (title, number, day) in EPISODES.items():
        write(show, slug, title=title, number=number, day=day)
    return show


def write(show, slug, *, title, number=None, day="2026-11-01", more=""):
    place = show.episodes / slug
    place.mkdir(parents=True)
    numbered = f"number = {number}\n" if number else ""
    place.joinpath("episode.toml").write_text(
        f'guid = "{slug}"\npublished = {day}T06:00:00Z\ntitle = "{title}"\n{numbered}{more}'
        '[source]\nrecording = "a.wav"\nrecording_sha256 = "0"\n',
        encoding="utf-8",
    )


def named(show, text):
    return find_episode(show, text, now=NOW).slug


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("the-last-ferry", "the-last-ferry"),
        ("2", "ferry-to-sodermalm"),
        ("#2", "ferry-to-sodermalm"),
        ("002", "ferry-to-sodermalm"),
        ("latest", "1984"),
        ("LATEST", "1984"),
        ("bread", "winter-bread"),
        ("BREAD in", "winter-bread"),
        ("winter bread", "winter-bread"),
        ("bread winter", "winter-bread"),
        ("sodermalm", "ferry-to-sodermalm"),
        ("Södermalm", "ferry-to-sodermalm"),
        ("So\u0308dermalm", "ferry-to-sodermalm"),
        ("farja", "ferry-to-sodermalm"),
        ("cest loin", "winter-bread"),
        ("c'est loin", "winter-bread"),
        ("The Last Ferry", "the-last-ferry"),
        ("novel", "1984"),
        ("  novel ", "1984"),
        ("nin", "next-week"),
    ],
)
def test_an_episode_is_named_in_many_ways(shelf, text, slug):
    assert slug == named(shelf, text)


def test_an_exact_slug_beats_a_number(shelf):
    write(shelf, "another", title="Another", number=1984)

    found = find_episode(shelf, "1984", now=NOW)

    assert "1984" == found.slug
    assert found.exact


def test_an_exact_slug_beats_latest(shelf):
    write(shelf, "latest", title="At Last", day="2026-01-01")

    assert "latest" == named(shelf, "latest")


def test_a_number_beats_a_part(shelf):
    write(shelf, "what-7-men-saw", title="What 7 Men Saw")
    write(shelf, "walls", title="Walls", number=7)

    assert "walls" == named(shelf, "7")


def test_a_number_that_no_episode_has_can_be_a_part(shelf):
    assert "1984" == named(shelf, "198")


def test_a_whole_title_beats_a_part_of_another(shelf):
    write(shelf, "home", title="The Last Ferry Home")

    assert "the-last-ferry" == named(shelf, "the last ferry")


def test_the_latest_is_never_one_that_was_withdrawn(shelf):
    write(shelf, "gone", title="Gone", day="2026-11-27", more="retired = true\n")

    assert "1984" == named(shelf, "latest")


def test_where_nothing_is_out_the_latest_is_the_next_to_come(show):
    write(show, "later", title="Later", day="2026-12-20")
    write(show, "sooner", title="Sooner", day="2026-12-10")

    assert "sooner" == named(show, "latest")


def test_what_names_two_is_refused_with_both(shelf):
    with pytest.raises(UsageError, match=r"ferry-to-sodermalm .*the-last-ferry") as refused:
        named(shelf, "ferry")

    assert 2 == refused.value.exit_code


def test_a_number_of_two_seasons_names_both(shelf):
    write(shelf, "again", title="Again", number=2, more="season = 2\n")

    with pytest.raises(UsageError, match=r"again .*ferry-to-sodermalm"):
        named(shelf, "2")


@pytest.mark.parametrize(
    ("text", "near"),
    [("fery", "the-last-ferry"), ("wintr-bred", "winter-bread"), ("ninht", "next-week")],
)
def test_what_names_none_is_refused_with_the_nearest(shelf, text, near):
    with pytest.raises(EpisodeError, match=f"the nearest: .*{near}"):
        named(shelf, text)


@pytest.mark.parametrize(
    "text", ["xyzzy", "!?", "…", "../../etc/passwd", "\x00", "x" * 8_000, "９９"]
)
def test_what_is_like_nothing_is_refused_in_a_short_line(shelf, text):
    with pytest.raises(EpisodeError) as refused:
        named(shelf, text)

    assert 400 > len(str(refused.value))


def test_where_nothing_is_near_the_newest_are_named(shelf):
    with pytest.raises(EpisodeError, match=r"there are: next-week .*, 1984 .*, winter-bread"):
        named(shelf, "xyzzy")


@pytest.mark.parametrize("text", ["", "  "])
def test_nothing_names_nothing(shelf, text):
    with pytest.raises(UsageError):
        named(shelf, text)


def test_a_show_without_episodes_says_so(show):
    with pytest.raises(EpisodeError, match="has none yet"):
        named(show, "latest")


def test_damaged_facts_of_one_hide_no_other(shelf):
    shelf.episodes.joinpath("winter-bread", "episode.toml").write_text("guid = ", "utf-8")

    assert "the-last-ferry" == named(shelf, "1")
    assert "winter-bread" == named(shelf, "bread")


def test_the_title_is_the_one_that_was_built(one_episode):
    assert "what-the-masons-left" == named(one_episode, "masons LEFT")


def test_the_title_is_the_columns_where_the_cache_is_gone(one_episode):
    one_episode.cache.joinpath("built", "what-the-masons-left.json").unlink()
    one_episode.episodes.joinpath("what-the-masons-left").rename(one_episode.episodes / "x")

    assert "x" == named(one_episode, "what the masons")


def test_a_name_that_was_changed_last_still_names_its_episode(shelf):
    shelf.episodes.joinpath("winter-bread").rename(shelf.episodes / "bread")
    with together(shelf.root) as step:
        record_rename(step, shelf, "winter-bread", "bread")

    assert "bread" == named(shelf, "winter-bread")


LONG = "What the Harbour Master Never Told the Committee"


def long_show(show, columncast, tmp_path, recordings, titles, *options):
    for number, title in enumerate(titles):
        column = tmp_path / f"column-{number}.md"
        column.write_text(f"# {title}\n\nThe masons came back in spring, {number} of them.\n")
        take = recordings / ("take.wav" if number == 0 else "take-2.wav")
        done = columncast("add", take, column, "--date", f"2026-01-0{number + 1}", *options)
    return done


def test_slugs_of_two_long_titles_that_begin_alike_get_a_number(
    show, columncast, tmp_path, recordings
):
    titles = [f"{LONG} on Monday", f"{LONG} on Tuesday"]
    long_show(show, columncast, tmp_path, recordings, titles, "--force")

    again = columncast("add", recordings / "take-2.wav", tmp_path / "column-1.md", "--force")

    assert [
        "what-the-harbour-master-never-told-the-committee",
        "what-the-harbour-master-never-told-the-2",
    ] == sorted(show.slugs(), key=len, reverse=True)
    assert "made of this recording and this column already" in again.out


def test_a_long_title_that_comes_again_is_refused(show, columncast, tmp_path, recordings):
    done = long_show(show, columncast, tmp_path, recordings, [f"{LONG} on Monday"] * 2, "--force")

    assert 3 == done.code
    assert "is there already" in done.err


def test_a_long_slug_that_is_there_stays(show, columncast):
    slug = "a-slug-of-an-earlier-version-that-is-longer-than-any-new-one"
    write(show, slug, title="A slug of an earlier version that is longer than any new one")

    assert slug == named(show, slug)
    assert slug == named(show, "earlier version")


def test_every_argument_that_is_a_slug_takes_all_of_these():
    """No command has a way of its own to find an episode."""
    commands = [
        command for command in cli.commands.values() if not isinstance(command, click.Group)
    ]
    slugs = [
        parameter
        for command in commands
        for parameter in command.params
        if isinstance(parameter, click.Argument) and parameter.name in ("slug", "slugs")
    ]

    assert len(slugs) >= 8
    assert all(isinstance(parameter.type, EpisodeName) for parameter in slugs)


@pytest.mark.parametrize("command", ["show", "check", "build", "embed"])
def test_a_command_takes_a_part(one_episode, columncast, command):
    done = columncast(command, "masons", "--json")

    assert 0 == done.code, done.err
    assert "what-the-masons-left" in done.out


def test_a_command_that_names_two_ends_with_2_and_changes_nothing(shelf, columncast):
    done = columncast("show", "ferry")

    assert 2 == done.code
    assert "the-last-ferry" in done.err
    assert "nothing was done" in done.err


@pytest.mark.parametrize("text", ["masons", "latest", "What-The-Masons-Left"])
@pytest.mark.parametrize(
    "command", [("retire",), ("retire", "--undo"), ("edit", "--slug", "masonry")]
)
def test_a_guess_withdraws_and_renames_nothing_where_nobody_can_be_asked(
    one_episode, columncast, command, text
):
    before = one_episode.episodes.joinpath("what-the-masons-left", "episode.toml").read_bytes()

    done = columncast(command[0], text, *command[1:])

    assert 2 == done.code
    assert "what-the-masons-left is meant" in done.err
    assert before == one_episode.episodes.joinpath("what-the-masons-left/episode.toml").read_bytes()


@pytest.mark.parametrize(("answer", "withdrawn"), [("y", True), ("n", False)])
def test_on_a_terminal_a_guess_is_asked_about(
    one_episode, columncast, monkeypatch, answer, withdrawn
):
    monkeypatch.setattr("sys.stdin.isatty", lambda: True, raising=False)
    monkeypatch.setattr("click.termui.visible_prompt_func", lambda _: answer)

    columncast("retire", "masons")

    assert withdrawn == ShowFolder(one_episode.root).episode("what-the-masons-left").facts.retired


def test_a_number_withdraws_without_a_question(one_episode, columncast):
    columncast("edit", "masons", "--number", 3)

    done = columncast("retire", 3)

    assert 0 == done.code, done.err
    assert "what-the-masons-left is withdrawn" in done.out


def test_a_rename_can_be_asked_for_again(one_episode, columncast):
    first = columncast("edit", "what-the-masons-left", "--slug", "masonry")
    second = columncast("edit", "what-the-masons-left", "--slug", "masonry")

    assert (0, 0) == (first.code, second.code), second.err
    assert ["masonry"] == one_episode.slugs()
