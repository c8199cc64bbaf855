"""The preview as an HTTP client sees it: live, and for pages of its own only."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import watchfiles
from preview_builders import COLUMN, HOOK, SLUG, make_show, serving

from columncast.episodes.show.folder import ShowFolder
from columncast.feed.preview.draft import read_draft
from columncast.feed.preview.session import own_port
from columncast.feed.serving import loopback

PAGE = f"/episodes/{SLUG}/"
FACTS = f"/episodes/{SLUG}/facts"


@pytest.fixture(scope="session")
def template(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("preview-server")
    tone = folder / "tone.mp3"
    tone.write_bytes(b"\xff\xfb" + bytes(range(256)) * 200)
    make_show(folder / "show", tone)
    return folder / "show"


@pytest.fixture
def folder(template, tmp_path) -> ShowFolder:
    shutil.copytree(template, tmp_path / "show")
    return ShowFolder(tmp_path / "show")


@pytest.fixture
def address(folder):
    with serving(folder) as url:
        yield url


@pytest.fixture
def ask(address):
    """Ask the running preview."""

    def request(path, method="GET", body=None, **headers):
        connection = http.client.HTTPConnection(address.removeprefix("http://"), timeout=20)
        named = {"Cookie": address.cookie, "X-Columncast-Token": address.door.token}
        named |= {key.replace("_", "-"): value for key, value in headers.items()}
        connection.request(method, path, body=body, headers=named)
        answer: Any = connection.getresponse()
        answer.content = answer.read()
        connection.close()
        return answer

    return request


class Events:
    """An open page, as far as the server knows."""

    def __init__(self, address: Any, cookie: str = "") -> None:
        host, port = address.removeprefix("http://").split(":")
        cookie = cookie or address.cookie
        self.socket = socket.create_connection((host, int(port)), timeout=20)
        self.socket.sendall(
            f"GET /events HTTP/1.1\r\nHost: {host}:{port}\r\nCookie: {cookie}\r\n\r\n".encode()
        )
        self.lines = self.socket.makefile("r", encoding="utf-8")
        assert ["*"] == self.next()  # whatever was saved before

    def next(self) -> list[str]:
        """The slugs of the next message, which must come before the next signs of life."""
        silent = 0
        while silent < 2 and (line := self.lines.readline()):
            silent += line.startswith(":")
            if line.startswith("data: "):
                return json.loads(line.removeprefix("data: "))
        raise AssertionError("no news came")

    def close(self) -> None:
        self.socket.close()


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


# --- saves ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "slugs"),
    [
        (f"episodes/{SLUG}/column.md", [SLUG]),
        (f"episodes/{SLUG}/episode.toml", [SLUG]),
        (f".columncast/built/{SLUG}.json", [SLUG]),
        ("show.toml", ["*"]),
        ("templates/episode.html", ["*"]),
        ("feed/feed.xml", ["*"]),
    ],
)
def test_a_save_is_told_to_the_pages_that_show_it(folder, name, slugs):
    (folder.root / "templates").mkdir()
    with serving(folder) as address:
        page = Events(address)

        (folder.root / name).write_bytes(b"# saved")

        assert slugs == page.next()
        page.close()


def test_a_save_by_renaming_is_seen_as_any_other(folder, address):
    page = Events(address)
    column = folder.episodes / SLUG / "column.md"
    beside = column.with_name(".column.md.tmp")

    write(beside, COLUMN + "More.\n")
    beside.replace(column)

    assert [SLUG] == page.next()
    page.close()


def test_an_episode_that_comes_is_listed_and_watched(folder, address, ask):
    page = Events(address)
    shutil.copytree(folder.episodes / SLUG, folder.episodes / "another")

    while b"/episodes/another/" not in ask("/").content:
        page.next()
    told = []
    while "another" not in told:
        write(folder.episodes / "another/column.md", COLUMN + "More.\n" * (len(told) + 1))
        told += page.next()
    page.close()


def test_where_the_system_cannot_watch_files_are_looked_at_in_turn(folder, monkeypatch):
    watch = watchfiles.watch

    def limited(*folders, **how):
        if not how["force_polling"]:
            raise RuntimeError("OS file watch limit reached")
        return watch(*folders, **how)

    monkeypatch.setattr(watchfiles, "watch", limited)
    with serving(folder) as address:
        page = Events(address)
        write(folder.episodes / SLUG / "column.md", COLUMN + "More.\n")

        assert [SLUG] == page.next()
        page.close()


def test_swap_and_draft_files_are_nobodys_news(folder, address):
    page = Events(address)
    here = folder.episodes / SLUG

    for name in (".columncast-abc.md", "column.md~", ".column.md.swp", "4913", ".#column.md"):
        write(here / name, "x")
    write(folder.root / "show.toml", "x")

    assert ["*"] == page.next()
    page.close()


def test_a_hundred_quick_saves_end_in_the_last_one_for_twenty_pages(folder, address, ask):
    pages = [Events(address) for _ in range(20)]
    column = folder.episodes / SLUG / "column.md"

    for number in range(100):
        write(column, COLUMN.replace("eleven years", f"{number} winters"))

    assert [[SLUG]] * 20 == [page.next() for page in pages]
    while b"99 winters" not in ask(PAGE).content:
        pages[0].next()
    for page in pages:
        page.close()


# --- pages ------------------------------------------------------------------------------------


def test_the_list_and_the_page_of_an_episode_are_served(ask):
    assert b"The Lamp on the Mole" in ask("/").content
    assert b"In the apps" in ask(PAGE).content


def test_an_unchanged_page_is_not_sent_again(ask):
    first = ask(PAGE)

    again = ask(PAGE, If_None_Match=first.getheader("etag"))

    assert (304, b"") == (again.status, again.content)
    assert "no-cache" == first.getheader("cache-control")


def test_an_unknown_episode_is_404_in_the_commands_words(ask):
    answer = ask("/episodes/nowhere/")

    assert 404 == answer.status
    assert b"no episode &#39;nowhere&#39;; there are: the-lamp-on-the-mole" in answer.content


@pytest.mark.parametrize("name", ["%00", "a%00b", "x" * 5000, "%C3%A9" * 200])
def test_a_name_that_no_folder_can_have_is_404_as_well(ask, address, name):
    places = ("/episodes/{}/", "/public/feed/{}/", "/public/audio/{}", "/public/feed/{}/a.vtt")
    form = urlencode({"basis": "", "hook": "One."})
    posted = ask(f"/episodes/{name}/facts", "POST", body=form, Origin=address)

    assert [404] * len(places) == [ask(place.format(name)).status for place in places]
    assert 500 != posted.status


def test_the_episodes_page_is_shown_as_it_would_be_published(folder, ask):
    write(folder.episodes / SLUG / "column.md", COLUMN.replace("eleven years", "twelve years"))

    answer = ask(f"/public/feed/{SLUG}/")

    assert b"twelve years" in answer.content
    assert b"eleven years" in (folder.feed / SLUG / "index.html").read_bytes()
    assert "frame-ancestors 'self'" in answer.getheader("content-security-policy")


@pytest.mark.parametrize("place", ["embed", "newsletter"])
def test_the_player_and_the_newsletter_are_shown_as_they_would_be_published(folder, ask, place):
    column = folder.episodes / SLUG / "column.md"
    write(column, COLUMN.replace("The Lamp on the Mole", "The Lamp of Skarn"))

    answer = ask(f"/public/feed/{SLUG}/{place}/")

    assert b"The Lamp of Skarn" in answer.content
    assert b"<script" not in answer.content
    assert b'src="https://' not in answer.content
    assert "frame-ancestors 'self'" in answer.getheader("content-security-policy")


def test_a_page_in_its_frame_may_be_shown_there_again_when_it_is_unchanged(ask):
    first = ask(f"/public/feed/{SLUG}/")

    again = ask(f"/public/feed/{SLUG}/", If_None_Match=first.getheader("etag"))

    assert 304 == again.status
    policy = first.getheader("content-security-policy")
    assert policy == again.getheader("content-security-policy")


def test_the_audio_is_served_by_ranges(folder, ask):
    (audio,) = folder.audio.glob("*.mp3")

    answer = ask(f"/public/audio/{audio.name}", Range="bytes=5-9")

    assert (206, audio.read_bytes()[5:10]) == (answer.status, answer.content)


# --- safety -----------------------------------------------------------------------------------


def test_nothing_inline_runs_and_nothing_comes_from_elsewhere(ask):
    answer = ask(PAGE)
    policy = answer.getheader("content-security-policy")

    assert "default-src 'none'; script-src 'self'; style-src 'self'" in policy
    assert "unsafe" not in policy
    assert b"<style" not in answer.content
    assert b" style=" not in answer.content
    assert "no-referrer" == answer.getheader("referrer-policy")
    assert "nosniff" == answer.getheader("x-content-type-options")
    assert "same-origin" == answer.getheader("cross-origin-resource-policy")


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example:1", ""]
)
@pytest.mark.parametrize("path", ["/", PAGE, "/events", "/assets/preview.js", "/cover"])
def test_a_name_that_was_turned_to_this_machine_is_refused(ask, host, path):
    assert 403 == ask(path, Host=host).status


@pytest.mark.parametrize("host", ["localhost:1234", "127.0.0.1:80", "[::1]:99"])
def test_this_machines_own_names_are_answered_at_any_port(ask, host):
    assert 200 == ask("/", Host=host).status


@pytest.mark.parametrize("mode", ["no-cors", "cors"])
def test_a_page_of_another_site_cannot_load_anything(ask, mode):
    answer = ask("/cover", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode=mode)

    assert 403 == answer.status


def test_a_link_on_another_site_leads_here(ask):
    answer = ask("/", Sec_Fetch_Site="cross-site", Sec_Fetch_Mode="navigate")

    assert 200 == answer.status


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1", None])
def test_only_our_own_pages_may_write(folder, ask, origin):
    before = (folder.episodes / SLUG / "episode.toml").read_bytes()
    named = {"Origin": origin} if origin else {}

    answer = ask(FACTS, "POST", body=urlencode({"hook": HOOK}), **named)

    assert 403 == answer.status
    assert before == (folder.episodes / SLUG / "episode.toml").read_bytes()


EVERYTHING = ["/", PAGE, "/events", "/assets/preview.js", "/cover", f"/public/feed/{SLUG}/"]


@pytest.mark.parametrize(
    "cookie",
    [
        "",
        "columncast-preview=",
        "columncast-preview=wrong",
        "columncast-preview=\u00e9; columncast-preview=x",
        "other=1; ;;=; columncast-preview",
    ],
)
@pytest.mark.parametrize("path", [*EVERYTHING, "/public/audio/x.mp3", "/nowhere"])
def test_another_program_on_this_machine_can_read_nothing(ask, path, cookie):
    answer = ask(path, Cookie=cookie.encode())

    assert 403 == answer.status
    assert b"This preview is locked" in answer.content
    assert b"The Lamp" not in answer.content


def test_nor_write_anything_with_all_other_headers_right(folder, ask, address):
    before = (folder.episodes / SLUG / "episode.toml").read_bytes()
    said = {"Origin": str(address), "Sec_Fetch_Site": "same-origin"}

    answers = [
        ask(path, "POST", body=urlencode({"hook": HOOK}), Cookie="", **said).status
        for path in (FACTS, f"{FACTS}?key={address.door.key}", f"/episodes/{SLUG}/live")
    ]

    assert [403, 403, 403] == answers
    assert before == (folder.episodes / SLUG / "episode.toml").read_bytes()


def test_the_key_in_the_address_becomes_a_cookie_that_no_script_and_no_other_site_has(ask, address):
    answer = ask(f"{PAGE}?key={address.door.key}", Cookie="")

    assert (303, PAGE) == (answer.status, answer.getheader("location"))
    cookie = answer.getheader("set-cookie")
    assert cookie.endswith("; HttpOnly; SameSite=Strict; Path=/")
    assert address.door.key not in cookie
    assert "no-store" == answer.getheader("cache-control")
    assert 200 == ask(PAGE, Cookie=cookie.partition(";")[0]).status


def test_the_key_for_the_browser_that_is_opened_is_good_for_once(ask, address):
    path = f"/?key={address.door.key_for_once}"

    assert [303, 403] == [ask(path, Cookie="").status for _ in range(2)]
    assert [303, 303] == [ask(f"/?key={address.door.key}", Cookie="").status for _ in range(2)]


@pytest.mark.parametrize("key", ["", "x", "%00", "%C3%A9", "x" * 5000])
def test_a_wrong_key_opens_nothing(ask, key):
    assert 403 == ask(f"/?key={key}", Cookie="").status


def test_the_key_leads_to_no_other_server(ask, address):
    answer = ask(f"//evil.example/?key={address.door.key}", Cookie="")

    assert "/evil.example/" == answer.getheader("location")


@pytest.mark.parametrize("headers", [{"Host": "evil.example"}, {"Origin": "https://evil.example"}])
def test_a_key_helps_no_other_site(ask, address, headers):
    assert 403 == ask(f"/?key={address.door.key}", **headers).status


@pytest.mark.parametrize(
    "path",
    [
        "/public/audio/../show.toml",
        "/public/feed/..%2f..%2fshow.toml",
        "/public/feed/../episodes/the-lamp-on-the-mole/narration.wav",
        "/public/audio/.columncast-x.mp3",
        "/assets/..%2fapps.toml",
        "/assets/layout.html",
        "/episodes/..%2f../",
        "/show.toml",
        f"/episodes/{SLUG}/narration.wav",
    ],
)
def test_nothing_else_of_the_disk_is_served(folder, ask, path):
    (folder.audio / ".columncast-x.mp3").write_bytes(b"half")

    assert 404 == ask(path).status


def test_a_cover_outside_of_the_show_is_not_served(folder, ask, tmp_path):
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    text = (folder.root / "show.toml").read_text(encoding="utf-8")
    write(folder.root / "show.toml", text.replace('"cover.jpg"', '"../secret.jpg"'))

    assert 404 == ask("/cover").status


# --- the editor's fields ----------------------------------------------------------------------


@pytest.fixture
def post(ask, address):
    def send(**fields):
        answer = ask(FACTS, "POST", body=urlencode(fields), Origin=address)
        return answer.status, json.loads(answer.content)

    return send


@pytest.fixture
def basis(ask) -> str:
    return ask(PAGE).content.decode().partition('data-basis="')[2].partition('"')[0]


def test_a_field_is_written_and_the_page_is_told(folder, address, post, basis):
    page = Events(address)

    assert (200, {"changed": ["notes.hook"]}) == post(basis=basis, hook=HOOK)

    assert HOOK in (folder.episodes / SLUG / "episode.toml").read_text(encoding="utf-8")
    assert [SLUG] == page.next()
    page.close()


def test_a_warning_is_accepted_on_the_page_and_taken_back(folder, address, ask):
    write(folder.episodes / SLUG / "column.md", COLUMN.replace("a quarter past nine", "9:15"))
    (warning,) = [n for n in read_draft(folder.root, SLUG).notices if n.code == "clock-time"]

    def post(**fields):
        path = f"/episodes/{SLUG}/warnings"
        return ask(path, "POST", body=urlencode(fields), Origin=address).status

    assert 422 == post(mark=warning.mark, reason=" ")
    assert 422 == post(mark="0" * 16, reason="It is a train.")
    assert () == folder.episode(SLUG).facts.accepted
    assert 200 == post(mark=warning.mark, reason="It is a train.")
    assert ["It is a train."] == [one.reason for one in folder.episode(SLUG).facts.accepted]
    assert b"Accepted: It is a train." in ask(PAGE).content
    assert 200 == post(mark=warning.mark, back=1)
    assert () == folder.episode(SLUG).facts.accepted


def test_a_conflict_is_409_with_what_to_do(post, basis):
    post(basis=basis, hook="One.")

    status, said = post(basis=basis, hook="Two.")

    assert (409, True) == (status, said["conflict"])
    assert "was changed since this page was shown; nothing was saved" in said["error"]


def test_a_value_that_cannot_be_is_422(post, basis):
    status, said = post(basis=basis, number="0")

    assert (422, {"error": "number '0' is not a number from 1"}) == (status, said)


def test_while_another_run_is_at_work_nothing_is_written(folder, post, basis):
    with folder.locked():
        status, said = post(basis=basis, hook=HOOK)

    assert 503 == status
    assert "another columncast run" in said["error"]


def test_a_form_of_a_megabyte_is_not_read(post, basis):
    status, _ = post(basis=basis, hook="x" * 1_000_000)

    assert 413 == status


# --- what nobody would send -------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("number", "1" + "0" * 400),
        ("number", "9" * 5000),
        ("season", "\u00b2"),
        ("type", "evil"),
        ("published", "0000-01-01T00:00"),
        ("published", "0001-01-01T00:00"),
        ("published", "9999-12-31T23:59"),
        ("person", "[1]"),
        ("person", "[{}]"),
        ("person", "[]\nevil = 2"),
        ("person", "9" * 5000),
        ("person", "[" * 5000),
        ("soundbite", "[{ start_s = nan, duration_s = inf }]"),
        ("soundbite", "[{ start_s = -1, duration_s = 1 }]"),
        ("location", "[{ name = 'Skarn', evil = 1 }]"),
        ("txt", "1979-05-27"),
        ("correction", "{}"),
    ],
)
def test_a_value_that_cannot_be_is_refused_in_one_line_and_nothing_is_lost(
    folder, post, ask, basis, name, value
):
    before = (folder.episodes / SLUG / "episode.toml").read_bytes()

    status, said = post(basis=basis, hook="Also this.", **{name: value})

    assert 422 == status
    assert "\n" not in said["error"]
    assert len(said["error"]) < 400
    assert before == (folder.episodes / SLUG / "episode.toml").read_bytes()
    assert 200 == ask(PAGE).status


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("link", "http://[::1"),
        ("link", "javascript:alert(1)"),
        ("link", "http://a.example:99999999/"),
        ("title", "a\x00b\x1b[2J\u2028c"),
        ("title", "x" * 100_000),
        ("keywords", "k" * 10_000),
        ("hook", "<img src=x onerror=alert(1)>"),
    ],
)
def test_an_odd_value_leaves_a_page_that_can_be_shown(post, ask, basis, name, value):
    status, _ = post(basis=basis, **{name: value})

    assert 200 == status
    assert 200 == ask(PAGE).status
    assert 200 == ask("/").status


MARKUP = "<img src=x onerror=alert(1)>"


def test_markup_in_a_field_is_text_everywhere(folder, post, ask, basis):
    fields = ("title", "subtitle", "hook", "author", "narrator", "keywords", "cover-alt")

    status, _ = post(basis=basis, **dict.fromkeys(fields, MARKUP), person=f"[{{name='{MARKUP}'}}]")

    assert 200 == status
    for path in (PAGE, "/", f"/public/feed/{SLUG}/", f"/public/feed/{SLUG}/embed/"):
        assert b"<img src=x" not in ask(path).content
    assert b"&lt;img src=x" in ask(PAGE).content
    assert b"&lt;img src=x" in ask("/").content


def test_a_form_of_too_many_fields_is_not_read(ask, address):
    answer = ask(FACTS, "POST", body="a=1&" * 30_000, Origin=address)

    assert (413, True) == (answer.status, b"nothing was saved" in answer.content)


@pytest.mark.parametrize("number", ["9" * 5000, "\u00b2", "-1", "x", ""])
def test_what_is_no_number_names_no_cut_and_no_remark(ask, address, number):
    here = f"/episodes/{SLUG}"
    cut = urlencode({"start": number, "end": "1", "choice": "cut"})
    remark = urlencode({"review": "a", "remark": number, "done": "1"})

    answers = [
        ask(f"{here}/cuts", "POST", body=cut, Origin=address),
        ask(f"{here}/reviews/mark", "POST", body=remark, Origin=address),
    ]

    assert [422, 422] == [answer.status for answer in answers]
    assert 422 == ask(f"{here}/cuts/{'9' * 5000}-2.wav").status


def test_half_a_character_is_not_saved(folder, ask, address):
    opened = json.loads(ask(f"/episodes/{SLUG}/column").content)
    said = json.dumps({"text": opened["text"] + "\ud800", "basis": opened["basis"]})

    answer = ask(f"/episodes/{SLUG}/column", "POST", body=said, Origin=address)

    assert {"error": "the text holds half of a character; nothing was saved"} == json.loads(
        answer.content
    )
    assert COLUMN == (folder.episodes / SLUG / "column.md").read_text(encoding="utf-8")


# --- files that are odd -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("column.md", "column.md: is a folder"),
        ("narration.wav", "narration.wav: is a folder"),
        ("cover.jpg", "cover.jpg: is a folder"),
        ("chapters.json", "chapters.json: is a folder"),
        ("../../show.toml", "show.toml: is a folder"),
        ("../../feed/feed.xml", "feed.xml: is a folder"),
    ],
)
def test_a_folder_in_the_place_of_a_file_is_named_and_the_list_stays(folder, ask, name, told):
    assert 200 == ask(PAGE).status
    place = folder.episodes / SLUG / name
    place.unlink(missing_ok=True)
    place.mkdir()

    assert told in ask(PAGE).content.decode()
    assert ask("/").status == 200


def test_damaged_edits_are_named_on_the_page(folder, ask):
    write(folder.episodes / SLUG / "edits.toml", "cut = [")

    assert b"edits.toml: is not valid TOML" in ask(PAGE).content


def test_an_episode_that_cannot_be_read_stays_in_the_list(folder, ask):
    (folder.episodes / "loop").symlink_to("loop")
    (folder.episodes / "broken").mkdir()
    write(folder.episodes / "broken/episode.toml", "guid = [")

    found = ask("/").content.decode()

    assert "episodes/broken/episode.toml: is not valid TOML" in found
    assert 'href="/episodes/broken/"' in found
    assert "cannot be read" in found
    assert "The Lamp on the Mole" in found


def test_a_template_that_fails_while_it_is_filled_is_named(folder, ask):
    (folder.root / "templates").mkdir()
    write(folder.root / "templates/episode.html", "{{ 1 / 0 }}")

    assert b"templates/episode.html: the template cannot be filled" in ask(PAGE).content


# --- beginning and end ------------------------------------------------------------------------


def test_a_show_has_the_same_port_each_time(folder):
    port = own_port(folder.root)

    assert port == own_port(folder.root)
    assert 20_000 <= port < 28_000


def test_another_port_is_taken_when_the_shows_own_is_taken(folder):
    with socket.create_server((loopback.LOOPBACK, own_port(folder.root))):
        assert 0 == own_port(folder.root)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send to one process")
def test_ctrl_c_ends_it_although_pages_are_open(folder):
    code = (
        "import sys; from pathlib import Path; from columncast.episodes.show.folder import ShowFolder;"
        "from columncast.feed.preview.session import preview;"
        f"preview(ShowFolder(Path(sys.argv[1])), {SLUG!r}, port=0, open_browser=False,"
        "ready=lambda url: print(url, flush=True), live=lambda: __import__('time').sleep(60));"
        "print('ended')"
    )
    running = subprocess.Popen(
        [sys.executable, "-c", code, str(folder.root)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )
    url = running.stdout.readline().rstrip("\n")
    root, _, key = url.partition(f"{PAGE}?")
    connection = http.client.HTTPConnection(root.removeprefix("http://"), timeout=20)
    connection.request("GET", f"{PAGE}?{key}")
    cookie = connection.getresponse().getheader("set-cookie").partition(";")[0]
    connection.close()
    pages = [Events(root, cookie) for _ in range(3)]

    running.send_signal(signal.SIGINT)
    out, err = running.communicate(timeout=20)
    for page in pages:
        page.close()

    assert (0, "ended\n", "") == (running.returncode, out, err)
