"""Whatever command is killed, or refused by the disk, at whatever call: the next run mends it.

One call of each call site is failed here; `pytest tests/test_kills.py --all-kills` fails every call.
See `killing` for what a call and a call site are.
"""

import hashlib
import http.server
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import zipfile
from functools import partial
from pathlib import Path

import pytest
from builders import DATE, speech_like, write_wav
from killing import REFUSED, Command, Room, Runner, chosen

from columncast.audio.ffmpeg.process import executable

SLUG = "what-the-masons-left"
INIT = (
    *("init", "show", "--title", "The Long Wall", "--author", "Ruth Calder"),
    # In a language that is not aligned: what is made of words is killed elsewhere.
    *("--site-url", "https://walls.example/", "--language", "cy", "--category", "History"),
)
ON = ("-C", "show")
ADD = (*ON, "add", "given/take.wav", "given/column.txt", "--date", DATE, "--force")
GIF = b"GIF89a\1\0\1\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\1\0\1\0\0\2\2D\1\0;"
TEXT = "The Long Wall: What the {} Left\n\nMarch 9, 1911\n\nA wall.\n"
PUBLISH = '\n[publish.web]\nkind = "folder"\npath = "../web"\nverify = false\n'
FEED = """<rss version="2.0" xmlns:i="http://www.itunes.com/dtds/podcast-1.0.dtd"><channel>
<title>The Long Wall</title><link>https://walls.example/</link><language>cy</language>
<description>A column on things people build.</description><i:author>Ruth Calder</i:author>
{items}</channel></rss>"""
ITEM = """<item><title>Yard {number}</title><guid>yard-{number}</guid><description>A yard.</description>
<pubDate>Mon, 0{number} Dec 2025 06:00:00 GMT</pubDate>
<enclosure url="{host}yard-{number}.mp3" length="{length}" type="audio/mpeg"/></item>"""


def _init_unless_done(room):
    return (*ON, "list") if (room.show / "show.toml").exists() else INIT


def _back_unless_done(room):
    live, here = (room.root / place / "feed/feed.xml" for place in ("web", "show"))
    back = live.read_bytes() != here.read_bytes()
    return (*ON, "list") if back else (*ON, "rollback")


def _back_if_deleted(room):
    there = (room.show / "episodes" / SLUG).exists()
    begun = (room.show / ".columncast.journal").exists()
    back = begun or not there
    return (*ON, "delete", SLUG, "--undo") if back else (*ON, "build")


def _undo_unless_done(room):
    cut = (room.show / "episodes" / SLUG / "edits.toml").exists()
    begun = (room.show / ".columncast.journal").exists()
    return (*ON, "cut", SLUG, "--undo") if cut and not begun else (*ON, "build")


EDIT = (*ON, "edit", SLUG)
COMMANDS = {
    "init": Command(argv=INIT, base="given", own=r"cover|show\.toml|show$", then=_init_unless_done),
    "demo": Command(argv=("demo", "show"), base="given"),
    "add": Command(
        argv=ADD,
        base="new",
        own=r"staging$|narration|-> show/(audio|episodes/\w|feed/feed)|journal",
    ),
    "add again": Command(argv=ADD),
    "build": Command(argv=(*ON, "build"), base="touched"),
    "edit --title": Command(argv=(*EDIT, "--title", "Stones")),
    "edit --date": Command(argv=(*EDIT, "--date", "2026-01-06T06:00Z")),
    "edit --recording": Command(
        argv=(*EDIT, "--recording", "given/take-2.flac", "--force"),
        own=r"(-> |^unlink )show/episodes/\*/(narration|episode)",
    ),
    "edit --column": Command(
        argv=(*EDIT, "--column", "given/column-2.md"),
        own=r"-> show/episodes/\*/picture|write show/\.columncast/pictures",
    ),
    "edit --slug": Command(
        argv=(*EDIT, "--slug", "masons"),
        own=r"-> show/episodes/masons|left -> show/feed|(unlinkat|rmdir) show/feed/DRAFT( -> index.html)?$",
    ),
    "retire": Command(argv=(*ON, "retire", SLUG), own=r"-> show/episodes/\*/episode"),
    "retire --undo": Command(argv=(*ON, "retire", SLUG, "--undo"), base="retired"),
    "delete": Command(argv=(*ON, "delete", SLUG, "--yes"), own=r"\.trash", then=_back_if_deleted),
    "edit --move-to": Command(
        # The cheapest by far of those that write a file into the show's folder.
        argv=(*ON, "edit", "--move-to", "https://new.example/"),
        own=r"show\.toml|^\w+ show/DRAFT$",
    ),
    "import feed": Command(
        argv=("import", "@HOST@feed.xml", "--to", "show", "--yes"),
        base="given",
        own=r"-> show/(episodes/yard|episodes/.columncast.staging/\*/narr)",
    ),
    "import folder": Command(argv=(*ON, "import", "given/old", "--yes"), base="new"),
    "import export": Command(
        argv=("import", "given/export.zip", "--all", "--to", "columns"),
        base="given",
        own=r"mkdir columns|write columns|yard-2",
        parts=("columns",),
    ),
    "publish": Command(
        argv=(*ON, "publish"), own=r"put/\w|mkdir web|web/audio$|-> web/feed", parts=("show", "web")
    ),
    "rollback": Command(
        argv=(*ON, "rollback"),
        base="twice live",
        own=r"-> web/.*feed.xml",
        then=_back_unless_done,
        parts=("show", "web"),
    ),
    "prune": Command(
        argv=(*ON, "prune"), base="long live", own=r"unlink web", parts=("show", "web")
    ),
    "stats --html": Command(
        argv=(*ON, "stats", "--html", "pages/stats.html"),
        own=r"-> pages",
        parts=("show", "pages"),
    ),
    "preview --export": Command(
        argv=(*ON, "preview", SLUG, "--export", "pages/draft.html"), parts=("show", "pages")
    ),
    "cut --undo": Command(
        argv=(*ON, "cut", SLUG, "--undo"),
        base="cut",
        own=r"edits\.toml",
        then=_undo_unless_done,
    ),
    "transcribe": Command(argv=(*ON, "transcribe", SLUG), base="aligned"),
}


@pytest.fixture(scope="session")
def host(tmp_path_factory):
    """A podcast at its old host, on this machine."""
    folder = tmp_path_factory.mktemp("host")

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), partial(Quiet, directory=folder)
    ) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield folder, f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


@pytest.fixture(scope="session")
def rooms(tmp_path_factory, part, host):
    """The rooms that commands are run in, each made when it is first needed."""
    part("strace")
    # In memory where that can be: thousands of files are brought to the disk here.
    memory = Path("/dev/shm") if os.access("/dev/shm", os.W_OK) else tmp_path_factory.getbasetemp()
    with tempfile.TemporaryDirectory(prefix="kills-", dir=memory) as name:
        scratch = Path(name)
        yield from _rooms(scratch, scratch / "bases")


def _rooms(scratch, bases):
    given(bases / "given")
    with Runner(scratch, bases / "given") as runner:
        made = {"given": Room(bases / "given", runner)}

        def room(name: str) -> Room:
            if name not in made:
                made[name] = BASES[name](room, bases / name)
            return made[name]

        yield room, scratch / "room"


def given(root):
    """Lay what a producer has."""
    (root / "given").mkdir(parents=True)
    take = write_wav(root / "given/take.wav", speech_like(1))
    subprocess.run(
        [
            executable(),
            "-v",
            "error",
            "-i",
            take,
            "-filter:a",
            "atempo=0.9",
            root / "given/take-2.flac",
        ],
        check=True,
    )
    (root / "given/column.txt").write_text(TEXT.format("Masons"), "utf-8")
    (root / "given/column-2.md").write_text(
        "# What the Masons Left\n\nThe wall.\n\n![The wall](wall.gif)\n\n![A gap](gap.png)\n",
        "utf-8",
    )
    (root / "given/wall.gif").write_bytes(GIF)
    (root / "given/old").mkdir()
    shutil.copy(take, root / "given/old/the-ferry.wav")
    (root / "given/old/the-ferry.md").write_text(
        "---\ndate: 2026-01-05\n---\n# The Ferry\n\nNo ferry.\n", "utf-8"
    )
    with zipfile.ZipFile(root / "given/export.zip", "w") as archive:
        rows = "".join(
            f"10{n}.yard-{n},2026-01-0{n}T06:00:00.000Z,true,,newsletter,everyone,Yard {n},,\n"
            for n in (1, 2)
        )
        heads = "post_id,post_date,is_published,email_sent_at,type,audience,title,subtitle,podcast_url\n"
        archive.writestr("posts.csv", heads + rows)
        for n in (1, 2):
            archive.writestr(
                f"posts/10{n}.yard-{n}.html", f"<p>Yard {n} was built in a spring.</p>"
            )


def _new(room, root):
    made = room("given").copy(root)
    made.done(*INIT)
    with (made.show / "show.toml").open("a") as f:
        f.write(PUBLISH)
    return made


def _one(room, root):
    made = room("new").copy(root)
    made.done(*ADD)
    return made


def _touched(room, root):
    made = room("one").copy(root)
    _touch(made)
    return made


def _retired(room, root):
    made = room("one").copy(root)
    made.done(*ON, "retire", SLUG)
    return made


def _cut(room, root):
    made = room("one").copy(root)
    source = made.show / "episodes" / SLUG
    sha256 = hashlib.sha256((source / "narration.wav").read_bytes()).hexdigest()
    (source / "edits.toml").write_text(
        f'recording_sha256 = "{sha256}"\nduration_s = 1.0\ntone_start_s = 0.5\ntone_end_s = 0.8\n\n'
        '[[cut]]\nstart_s = 0.2\nend_s = 0.4\nkind = "aside"\nfill_s = 0.2\n'
    )
    made.done(*ON, "build")
    return made


def _twice_live(room, root):
    made = room("one").copy(root)
    made.done(*ON, "publish")
    made.done(*ON, "edit", SLUG, "--number", "7")
    made.done(*ON, "publish")
    return made


def _long_live(room, root):
    made = room("twice live").copy(root)
    ago = time.time() - 100 * 24 * 3600
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(ago))
    (made.root / "web/.columncast/since").write_text(stamp)
    for entry in (made.root / "web/.columncast/feeds").iterdir():
        entry.rename(entry.with_name(stamp + entry.name[16:]))
    for path in (made.root / "web").rglob("*"):
        os.utime(path, (ago, ago))
    return made


def _aligned(room, root):
    made = room("given").copy(root)
    made.done(*(word if word != "cy" else "en" for word in INIT))
    made.done(*ADD)
    _touch(made)
    return made


def _touch(room):
    column = room.show / "episodes" / SLUG / "column.txt"
    column.write_text(TEXT.format("Masons").replace("A wall", "Walls"), "utf-8")


BASES = {
    "aligned": _aligned,
    "new": _new,
    "one": _one,
    "touched": _touched,
    "retired": _retired,
    "cut": _cut,
    "twice live": _twice_live,
    "long live": _long_live,
}


@pytest.fixture
def failing(rooms, host, request):
    """Fail a command at each of its calls, and look at what the next run makes of it."""
    room_of, place = rooms
    folder, url = host

    def run(name):
        command = COMMANDS[name]
        argv = [word.replace("@HOST@", url) for word in command.argv]
        if "@HOST@" in "".join(command.argv) and not (folder / "feed.xml").exists():
            old_host(room_of("one"), folder, url)
        base = room_of(command.base)
        whole = base.copy(place)
        calls = whole.calls(*argv)
        again = command.then(whole) if command.then else argv
        whole.done(*again)
        expected = whole.files(*command.parts)
        every = request.config.getoption("--all-kills")
        taken = calls if every else chosen(calls, command.own)
        problems = []
        for number, call in enumerate(taken):
            refused = f"error={REFUSED[call.name]}"
            for what in ("signal=KILL", refused) if every or number % 4 == 2 else ("signal=KILL",):
                room = base.copy(place)
                ended = room.failed_at(call, what, *argv)
                problems += [f"{call} {what}: {p}" for p in wrong_end(ended)]
                following = room.run(*(command.then(room) if command.then else argv))
                problems += [
                    f"{call} {what}: {p}" for p in wrong_state(room, following, expected, command)
                ]
        return len(taken), problems

    return run


def wrong_end(ended):
    """Yield what is wrong with how a failed run ended."""
    if ended.code == -signal.SIGKILL:
        return
    lines = [line for line in ended.err.splitlines() if line.startswith("Error")]
    if ended.code not in (0, 1, 3, 4):
        yield f"ended with {ended.code}"
    if ended.code and len(lines) != 1:
        yield f"said {ended.err!r}"
    if "Traceback" in ended.err or "fault of columncast" in ended.err:
        yield f"said {ended.err[-300:]!r}"


def wrong_state(room, following, expected, command):
    """Yield what is wrong after the next run."""
    if following.code:
        yield f"the next run ended with {following.code}: {following.err[-300:]}"
    if left := room.left():
        yield f"left {left}"
    found = room.files(*command.parts)
    if odd := [n for n in sorted({*found, *expected}) if found.get(n) != expected.get(n)]:
        missing = [n for n in odd if n not in found]
        yield f"other than expected: {odd}, missing: {missing}"


def old_host(room, folder, url):
    (audio,) = (room.show / "audio").iterdir()
    for number in (1, 2):
        shutil.copy(audio, folder / f"yard-{number}.mp3")
    items = "".join(ITEM.format(number=n, host=url, length=audio.stat().st_size) for n in (1, 2))
    (folder / "feed.xml").write_text(FEED.format(items=items), "utf-8")


def pytest_generate_tests(metafunc):
    """Without --all-kills, leave out the commands of which every call is another command's, too."""
    every = metafunc.config.getoption("--all-kills")
    if "name" in metafunc.fixturenames:
        metafunc.parametrize("name", [n for n, c in COMMANDS.items() if c.own or every])
    if "what" in metafunc.fixturenames:
        killed = ["write:signal=KILL"] if every else []
        metafunc.parametrize("what", ["write:error=ENOSPC", *killed])


def test_what_is_failed_at_any_call_is_mended_by_the_next_run(failing, name):
    count, problems = failing(name)

    assert not problems, "\n".join(problems)
    assert count


def test_what_ffmpeg_is_failed_at_is_mended_by_the_next_run(rooms, tmp_path, what):
    """A shell script in ffmpeg's place traces the one that encodes: it names a draft."""
    room_of, place = rooms
    real = executable()
    script = tmp_path / "ffmpeg"
    script.write_text(
        f"""#!/bin/sh
for word; do case $word in */.columncast-*) draft=${{word#file:}} ;; esac; done
[ -n "$draft" ] || exec {real} "$@"
exec strace -f -qq -o {tmp_path}/log -P "$draft" -e trace=write -e inject={what} {real} "$@"
"""
    )
    script.chmod(0o755)
    room = room_of("new").copy(place)
    ended = subprocess.run(
        [sys.executable, "-m", "columncast", *ADD],
        cwd=place,
        env=os.environ | {"IMAGEIO_FFMPEG_EXE": str(script)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert re.search("INJECTED|SIGKILL", (tmp_path / "log").read_text())
    assert ended.returncode in (1, 3), ended
    assert ended.stderr.count("\n") == 1, ended.stderr
    assert "fault of columncast" not in ended.stderr
    room.done(*ADD)
    assert not room.left()
    assert room_of("one").files("show") == room.files("show")
