"""An episode is finished on its page: fields, buttons and uploads, as the server does them."""

from __future__ import annotations

import http.client
import json
import re
import time
from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

import pytest
from builders import COLUMN
from preview_builders import serving
from selectolax.lexbor import LexborHTMLParser
from starlette.routing import Route
from test_edit_facts import picture

from columncast import publish
from columncast.episodes.disk.files import sha256
from columncast.episodes.errors import ConflictError, CoverError, UsageError
from columncast.episodes.show.fact_table import FACTS
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.show.toml import change_facts, change_settings
from columncast.feed.preview import former
from columncast.feed.preview.access import Door
from columncast.feed.preview.edits import save
from columncast.feed.preview.form import ELSEWHERE
from columncast.feed.preview.pages import Desk
from columncast.feed.preview.server import Listeners, application

SLUG = "what-the-masons-left"
LONGEST_WAIT_S = 120
SOON = f"{datetime.now(UTC) + timedelta(days=90):%Y-%m-%dT06:00}"


class Page:
    """An open page, as far as the server knows."""

    def __init__(self, address) -> None:
        self.address = address

    def ask(self, path, method="GET", body=None, **headers):
        connection = http.client.HTTPConnection(self.address.removeprefix("http://"), timeout=120)
        named = {"Cookie": self.address.cookie, "Origin": str(self.address)}
        named["X-Columncast-Token"] = self.address.door.token
        named |= {key.replace("_", "-"): value for key, value in headers.items()}
        connection.request(method, path, body=body, headers=named)
        answer = connection.getresponse()
        said = answer.read()
        connection.close()
        return answer.status, json.loads(said) if said[:1] == b"{" else said

    def post(self, path, **fields):
        return self.ask(path, "POST", urlencode(fields))

    def do(self, action, slug=SLUG, **fields):
        """Press a button, and return the work when it is done."""
        status, said = self.post(f"/episodes/{slug}/do/{action}", **fields)
        return self.done() if status == 200 else said

    def done(self):
        end = time.monotonic() + LONGEST_WAIT_S
        while (task := self.ask("/task")[1])["running"]:
            assert time.monotonic() < end, task
            time.sleep(0.02)
        return task

    def upload(self, kind, name, content):
        status, said = self.ask(
            f"/upload/{kind}", "POST", content, X_Columncast_Name=quote(str(name))
        )
        return said["called"] if status == 200 else (status, said)


@pytest.fixture
def page(one_episode):
    change_settings(
        one_episode, {"publish": {"web": {"kind": "folder", "path": "../www", "verify": False}}}
    )
    with serving(one_episode) as address:
        yield Page(address)


@pytest.fixture
def www(one_episode):
    return one_episode.root.parent / "www"


def shown(folder, **seams) -> LexborHTMLParser:
    return LexborHTMLParser(Desk(folder.root, writable=True, **seams).episode(SLUG).html)


def state(folder) -> str:
    return " ".join(shown(folder).css_first("#state").text().split())


def next_step(folder) -> str:
    found = shown(folder).css_first("#state .next")
    return found.text() if found else ""


def change(folder, **fields):
    basis = sha256(folder.episode(SLUG).facts_file)
    cover = fields.pop("picture", None)
    form = {
        name.replace("_", "-"): [value] if isinstance(value, str) else value
        for name, value in fields.items()
    }
    return save(folder.root, SLUG, form, basis=basis, cover=cover)


def facts(folder):
    return ShowFolder(folder.root).episode(SLUG).facts


# --- fields -------------------------------------------------------------------------------------


def test_the_page_has_a_field_for_every_fact_of_the_table(one_episode):
    names = {one.attributes.get("name") for one in shown(one_episode).css("#facts [name]")}

    wanted = {fact.name for fact in FACTS if fact.key not in ELSEWHERE}
    assert wanted <= names | {"outputs"}
    assert {"mentioned-shown", "chapters-shown", "pronunciation-shown", "outputs-shown"} <= names


def test_a_field_that_is_not_sent_stays(one_episode):
    change(one_episode, hook="A wall.", author="Ann Lowe")

    assert ("title",) == change(one_episode, title="The Wall")

    assert ("A wall.", "Ann Lowe") == (
        facts(one_episode).notes.hook,
        facts(one_episode).notes.author,
    )


@pytest.mark.parametrize(
    ("field", "value", "key", "there"),
    [
        ("title", "The Wall", "title", "The Wall"),
        ("type", "bonus", "type", "bonus"),
        ("season", "2", "season", 2),
        ("explicit", "yes", "explicit", True),
        ("explicit", "no", "explicit", False),
        ("block", "yes", "block", True),
        ("link", "https://walls.example/7", "link", "https://walls.example/7"),
        ("keywords", "walls,  masons ,", "notes.keywords", ("walls", "masons")),
        ("author", " Ann  Lowe ", "notes.author", "Ann Lowe"),
        ("season-name", "The River", "podcast.season_name", "The River"),
        ("ai-content", "yes", "podcast.ai_content", True),
    ],
)
def test_what_is_set_in_a_field_is_in_the_file(one_episode, field, value, key, there):
    assert (key,) == change(one_episode, **{field: value})

    found = facts(one_episode)
    for name in key.split("."):
        found = getattr(found, name)
    assert there == found
    assert () == change(one_episode, **{field: value})


def test_which_audio_files_go_out_is_ticked_and_built(one_episode):
    change(one_episode, outputs=["mp3", "opus"], outputs_shown="1")
    publish.build(one_episode, [SLUG])

    suffixes = {path.suffix for path in one_episode.audio.glob(f"{SLUG}-*")}
    assert {".mp3", ".opus"} == suffixes


def test_a_fact_of_several_parts_is_a_line_of_toml(one_episode):
    change(one_episode, person='[{ name = "Mina Bell", role = "narrator" }]')

    assert [("Mina Bell", "narrator")] == [(p.name, p.role) for p in facts(one_episode).person]
    area = shown(one_episode).css_first("#person")
    assert '[{ name = "Mina Bell", role = "narrator" }]' in area.text().replace(
        ', group = "cast"', ""
    )
    with pytest.raises(UsageError, match="credits must look like"):
        change(one_episode, person="Mina")


def test_an_episode_can_have_no_subtitle_though_its_column_has_one(one_episode):
    column = next(one_episode.episode(SLUG).path.glob("column.*"))
    column.write_text("---\nsubtitle: On masons\n---\n" + COLUMN, encoding="utf-8")
    assert "On masons" == shown(one_episode).css_first(".lead").text()

    change(one_episode, subtitle="", subtitle_none="1")

    assert 'subtitle = ""' in one_episode.episode(SLUG).facts_file.read_text(encoding="utf-8")
    assert shown(one_episode).css_first(".lead") is None
    assert "checked" in shown(one_episode).css_first("#subtitle-none").attributes
    change(one_episode, subtitle="")
    assert "On masons" == shown(one_episode).css_first(".lead").text()


def test_a_cover_is_checked_as_edit_checks_it_and_can_be_undone(one_episode, tmp_path):
    small = picture(tmp_path / "small.png", side_px=300)
    with pytest.raises(CoverError, match="300 x 300"):
        change(one_episode, picture=small)
    fit = picture(tmp_path / "fit.png")

    assert ("cover_alt", "cover") == change(one_episode, picture=fit, cover_alt="A boat")

    there = one_episode.episode(SLUG).cover
    assert fit.read_bytes() == there.read_bytes()
    assert "A boat" == facts(one_episode).cover_alt
    former.undo(one_episode, SLUG)
    assert one_episode.episode(SLUG).cover is None
    assert "" == facts(one_episode).cover_alt


def test_a_cover_that_is_removed_takes_its_words_along(one_episode, tmp_path):
    change(one_episode, picture=picture(tmp_path / "fit.png"), cover_alt="A boat")

    change(one_episode, cover="remove")

    assert one_episode.episode(SLUG).cover is None
    assert "" == facts(one_episode).cover_alt


def chapters(**columns):
    rows = {f"chapter-{name}": list(values) for name, values in columns.items()}
    number = len(rows["chapter-time"])
    empty = {f"chapter-{name}": [""] * number for name in ("heading", "link", "picture")}
    return {"chapters-shown": ["1"]} | empty | rows


def test_chapters_of_ones_own_are_published_with_link_and_picture(one_episode):
    made = chapters(
        time=["0:00.0", "0:02.5"],
        title=["The wall", "The cheese"],
        link=["", "https://walls.example/cheese"],
        picture=["", "https://walls.example/cheese.jpg"],
    )

    change(one_episode, **made)
    publish.build(one_episode, [SLUG])

    (file,) = (one_episode.feed / SLUG).glob("chapters-*.json")
    told = json.loads(file.read_text(encoding="utf-8"))["chapters"]
    assert [(0, "The wall"), (2.5, "The cheese")] == [(c["startTime"], c["title"]) for c in told]
    assert "https://walls.example/cheese" == told[1]["url"]
    assert "https://walls.example/cheese.jpg" == told[1]["img"]
    assert () == change(one_episode, **made)
    change(one_episode, **chapters(time=[], title=[]))
    assert not (one_episode.episode(SLUG).path / "chapters.json").exists()


@pytest.mark.parametrize(
    ("columns", "told"),
    [
        ({"time": ["1:00:00"], "title": ["Late"]}, "begins after the end"),
        ({"time": ["0:01", "0:01.2"], "title": ["A", "B"]}, "less than a second"),
        ({"time": ["0:01"], "title": [""]}, "has no title"),
        ({"time": ["nan"], "title": ["A"]}, "no time like"),
        ({"time": ["-5"], "title": ["A"]}, "no time like"),
        ({"time": ["x"], "title": ["A"]}, "no time like"),
        (
            {"time": ["0:01"], "title": ["A"], "link": ["javascript:alert(1)"]},
            "must begin with https://",
        ),
    ],
)
def test_chapters_that_cannot_be_are_refused(one_episode, columns, told):
    with pytest.raises(UsageError, match=told):
        change(one_episode, **chapters(**columns))

    assert not (one_episode.episode(SLUG).path / "chapters.json").exists()


def test_pronunciation_is_the_whole_shows(one_episode):
    known = sha256(one_episode.root / "show.toml")
    said = {"pronunciation-shown": "1", "said-name": ["Zhou", ""], "said-as": ["joe", ""]}

    assert ("pronunciation",) == change(one_episode, **said, show_basis=known)

    assert {"Zhou": "joe"} == ShowFolder(one_episode.root).show.pronunciation
    with pytest.raises(ConflictError, match=r"show\.toml: was changed"):
        change(one_episode, **said | {"said-as": ["chow", ""]}, show_basis=known)


def test_another_work_is_mentioned_by_hand(one_episode):
    typed = {"mention-title": "The Sea, the Sea", "mention-by": "Iris Murdoch"}

    change(one_episode, mentioned_shown="1", **typed)

    assert ["The Sea, the Sea"] == [m.title for m in facts(one_episode).notes.mentioned]


# --- how it stands ------------------------------------------------------------------------------


def test_an_episode_goes_from_built_to_live_and_back_as_its_page_says(one_episode, page, www):
    assert "Built, and not live yet" in state(one_episode)
    assert "Publish…" == next_step(one_episode)
    assert ">built, not live yet</span>" in Desk(one_episode.root).index().html

    plan = page.do("rehearse")
    assert any(line.startswith("Put       audio/") for line in plan["lines"])
    assert [] == list(www.rglob("*.mp3"))
    done = page.do("publish", basis=plan["basis"])

    assert "" == done["error"]
    assert any(line.startswith("Live      ") for line in done["lines"])
    assert list(www.rglob("*.mp3"))
    assert "Live since" in state(one_episode)
    assert "" == next_step(one_episode)
    assert ">live</span>" in Desk(one_episode.root).index().html
    page.do("withdraw")
    assert "Withdrawn" in state(one_episode)
    assert "still holds it until you publish" in state(one_episode)
    page.do("bring-back")
    assert "Live since" in state(one_episode)


def test_what_listeners_do_not_have_yet_is_named(one_episode, page):
    page.do("publish", basis=page.do("rehearse")["basis"])
    column = next(one_episode.episode(SLUG).path.glob("column.*"))
    column.write_text(COLUMN.replace("added a yard", "added two yards"), encoding="utf-8")
    change(one_episode, published="2026-01-02T03:04", season="2")

    told = state(one_episode)

    assert "Listeners do not have yet: 2 words of the notes" in told
    assert "the date" in told
    assert "the season" in told
    assert "Build" == next_step(one_episode)
    page.do("build")
    assert "Publish…" == next_step(one_episode)


def test_a_new_date_alone_makes_nothing_published(one_episode, page):
    change(one_episode, published=SOON)
    page.do("build")
    assert f"Scheduled for {SOON[:10]}" in state(one_episode)

    change(one_episode, published="2026-01-05T06:00")

    assert "the feed does not hold it yet" in state(one_episode)
    assert "Live" not in state(one_episode)
    assert "Build" == next_step(one_episode)


def test_a_draft_is_scheduled_by_a_button(one_episode, page):
    change_facts(one_episode.episode(SLUG), {"draft": True})
    page.do("build")
    assert "Draft" in state(one_episode)
    assert "Schedule…" == next_step(one_episode)

    done = page.do("schedule", date=SOON)

    assert "" == done["error"]
    assert f"Scheduled for {SOON[:10]}" in state(one_episode)


def test_a_refusal_has_the_commands_words(one_episode, page):
    assert "no such date" not in page.do("schedule", date="never")["error"]
    assert "'never'" in page.do("schedule", date="never")["error"]
    assert "there are: what-the-masons-left" in page.do("build", slug="nowhere")["error"]


def test_a_plan_that_is_not_the_feeds_any_more_is_shown_again(one_episode, page, www):
    plan = page.do("rehearse")
    change(one_episode, title="Another")
    page.do("build")

    said = page.do("publish", basis=plan["basis"])

    assert "the feed has changed since the dry run was shown" in said["error"]
    assert not list(www.rglob("feed.xml"))


def test_one_piece_of_work_is_done_at_a_time(one_episode, page):
    page.post(f"/episodes/{SLUG}/do/build")

    answers = [page.post(f"/episodes/{SLUG}/do/build")[0] for _ in range(2)]
    page.done()

    assert set(answers) <= {200, 503}
    assert "" == page.do("build")["error"]


# --- an episode from nothing --------------------------------------------------------------------


def test_a_first_episode_is_added_from_what_is_uploaded(show, take, column):
    with serving(show) as address:
        page = Page(address)
        recording = page.upload("recording", "../../Take 3.WAV", take.read_bytes())
        text = page.upload("column", "column.txt", column.read_bytes())

        page.post("/add", recording=recording, column=text, date="2026-11-20T06:00", draft="")
        done = page.done()

    assert ("", SLUG) == (done["error"], done["made"])
    assert any(line.startswith("Loudness ") for line in done["lines"])
    assert [SLUG] == ShowFolder(show.root).slugs()
    assert not list(show.fetched.rglob("*.wav"))


def test_what_cannot_be_added_is_named_as_the_editor_knows_it(show, column, tmp_path):
    with serving(show) as address:
        page = Page(address)
        recording = page.upload("recording", "Notes of Ida.wav", b"no sound at all")
        text = page.upload("column", "column.txt", column.read_bytes())

        page.post("/add", recording=recording, column=text, date="", draft="")
        done = page.done()

    assert done["error"].startswith("Notes of Ida.wav: ")
    assert [] == show.slugs()


@pytest.mark.parametrize(
    "called", ["", "../show.toml", "../../show.toml", "x/../../show.toml", "x/y", "/etc/passwd"]
)
def test_only_what_was_uploaded_can_be_added(one_episode, page, called):
    status, said = page.post("/add", recording=called, column=called)

    assert 422 == status
    assert "not here any more" in said["error"]


def test_uploads_have_a_limit_and_leave_nothing_behind(one_episode, page, monkeypatch):
    monkeypatch.setitem(
        __import__("columncast.feed.preview.uploads", fromlist=["x"]).MOST_BYTES, "cover", 1000
    )

    status, said = page.upload("cover", "boat.png", b"x" * 5000)

    assert 422 == status
    assert "boat.png is larger than" in said["error"]
    assert 422 == page.upload("cover", "empty.png", b"")[0]
    assert 422 == page.upload("program", "x.exe", b"x")[0]
    assert not [path for path in one_episode.fetched.rglob("*") if path.is_file()]


# --- who may write ------------------------------------------------------------------------------


def addresses(folder, method):
    """Every address that the preview answers to this *method*, so that no new one is forgotten."""
    app = application(Desk(folder.root), Listeners(), Door(), publish.operations())
    filled = {"slug": SLUG, "action": "build", "kind": "cover", "name": "preview.css"}
    return [
        re.sub(r"\{(\w+)[^}]*\}", lambda named: filled.get(named[1], "1"), route.path)
        for route in app.routes
        if isinstance(route, Route) and method in (route.methods or ())
    ]


def state_of_disk(folder):
    return {
        path.relative_to(folder.root).as_posix(): sha256(path)
        for path in folder.root.rglob("*")
        if path.is_file()
    }


def test_every_write_needs_the_token_of_this_session(one_episode, page):
    before = state_of_disk(one_episode)
    tokens = ("", "wrong", "\u00e9", page.address.door.key, page.address.cookie.partition("=")[2])

    for path in addresses(one_episode, "POST"):
        for token in tokens:
            status, said = page.ask(path, "POST", "hook=x", X_Columncast_Token=token)
            assert (403, True) == (status, "earlier session" in said["error"]), path

    assert f"/episodes/{SLUG}/facts" in addresses(one_episode, "POST")
    assert before == state_of_disk(one_episode)


@pytest.mark.parametrize(
    "header",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://127.0.0.1:1"},
        {"Host": "evil.example"},
        {"Cookie": ""},
    ],
)
def test_every_write_from_elsewhere_is_refused_with_the_right_token(one_episode, page, header):
    before = state_of_disk(one_episode)

    answers = {
        path: page.ask(path, "POST", "hook=x", **header)[0]
        for path in addresses(one_episode, "POST")
    }

    assert {403} == set(answers.values()), answers
    assert before == state_of_disk(one_episode)


@pytest.mark.parametrize("header", [{"Host": "evil.example"}, {"Cookie": ""}])
def test_nothing_can_be_read_from_elsewhere(one_episode, page, header):
    answers = {path: page.ask(path, **header)[0] for path in addresses(one_episode, "GET")}

    assert {403} == set(answers.values()), answers


def test_another_origin_cannot_read_the_token(one_episode, page):
    assert 200 == page.ask("/token")[0]
    assert 403 == page.ask("/token", Origin="https://evil.example")[0]
    assert 403 == page.ask("/token", Sec_Fetch_Site="same-site", Sec_Fetch_Mode="cors")[0]
    assert 403 == page.ask("/token", Cookie="")[0]


def test_a_preview_that_is_read_only_refuses_every_write(one_episode):
    paths = addresses(one_episode, "POST")
    before = state_of_disk(one_episode)
    with serving(one_episode, read_only=True) as address:
        answers = [Page(address).ask(path, "POST", "hook=x") for path in paths]

    refused = (403, {"error": "this preview is read-only; nothing was changed"})
    assert [refused] * len(paths) == answers
    assert before == state_of_disk(one_episode)


def test_a_preview_that_is_read_only_has_no_fields_and_no_buttons(one_episode):
    desk = Desk(one_episode.root)
    html = desk.episode(SLUG).html + desk.index().html

    assert "<form" not in html
    assert not re.search(r"data-action|data-undo|name=\"hook\"|id=\"add\"", html)
    assert "Built, and not live yet" in html
