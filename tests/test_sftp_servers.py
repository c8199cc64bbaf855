"""SFTP servers that can do less than OpenSSH's, and host keys as `known_hosts` has them."""

import threading
from base64 import b64encode

import paramiko
import pytest
from live_builders import BuiltShow
from sftp_servers import hashed_name, poor_server

from columncast.episodes.errors import RemoteError, SettingsError
from columncast.episodes.show.settings import Destination
from columncast.episodes.storage.door import open_storage
from columncast.episodes.storage.known_hosts import Line, judge, kinds, read_lines
from columncast.episodes.storage.sftp import ASIDE, Sftp
from columncast.episodes.storage.store import Served
from columncast.episodes.waiting.retry import Retry
from columncast.feed.live import plan, upload

XML = Served(content_type="application/rss+xml", cache_control="public, max-age=300")


def nothing(_: int) -> None:
    """Look away."""


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return tmp_path / "home"


@pytest.fixture
def server(home, tmp_path, request):
    """A server with what the test says that it can't."""
    with poor_server(home, tmp_path / "server", **getattr(request, "param", {})) as running:
        yield running


def destination(server, path="/podcast", **more):
    to = {"kind": "sftp", "host": "127.0.0.1", "port": server.port, "user": "ruth", "path": path}
    return Destination(**to | more)


def opened(server, path="/podcast"):
    return open_storage(
        destination(server, path), server.root, retry=Retry(tries=1, sleep=lambda _: None)
    )


@pytest.fixture
def storage(server):
    store = opened(server)
    yield store
    store.close()


FAILURE, DENIED = paramiko.SFTP_FAILURE, paramiko.SFTP_PERMISSION_DENIED
POOR = [
    {},
    {"posix_rename": FAILURE},
    {"posix_rename": DENIED},
    {"replaces": True},
    {"posix_rename": paramiko.SFTP_OK, "appends": False, "changes_attributes": False},
    {"tells_attributes": False},
    {"hidden": ("/", "/srv"), "appends": False},
]


@pytest.mark.parametrize("server", POOR, indirect=True, ids=str)
def test_a_show_is_published_to_a_server_that_can_do_little(server, tmp_path):
    (server.root / "srv").mkdir()
    show = BuiltShow(tmp_path / "show", "https://walls.example/")
    to = destination(server, "/srv/podcast", verify=False)
    for week in (1, 2):
        show.add(week)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("columncast.episodes.waiting.retry.time.sleep", lambda _: None)
            store = open_storage(to, show.root)
            planned = plan.plan(show.folder, to, store, name="main")
            done = upload.go_live(show.folder, store, planned)
            store.close()
        assert done.feed_changed

    there = server.root / "srv/podcast"
    names = {p.name for p in there.rglob("*") if p.is_file()}
    for path in ("feed/feed.xml", "feed/index.html", show.episodes[0].enclosure.path):
        assert (show.root / path).read_bytes() == (there / path).read_bytes()
    assert not [name for name in names if name.startswith(".columncast-")]


@pytest.mark.parametrize("server", [{}, {"posix_rename": FAILURE}], indirect=True, ids=str)
def test_the_old_file_is_away_for_one_rename_only(server, storage):
    storage.put_if("feed/feed.xml", b"<one/>", XML, None)
    server.can.renames.clear()

    storage.put_if("feed/feed.xml", b"<two/>", XML, storage.get("feed/feed.xml").version)

    (first, second) = server.can.renames
    assert first == ("/podcast/feed/feed.xml", f"/podcast/feed/{ASIDE}feed.xml")
    assert second[1] == "/podcast/feed/feed.xml"
    assert ["feed.xml"] == [p.name for p in (server.root / "podcast/feed").iterdir()]


@pytest.mark.parametrize("read", ["get", "find"])
def test_a_run_that_is_killed_between_the_two_renames_is_undone_by_the_next(server, read):
    first = opened(server)
    first.put_if("feed/feed.xml", b"<one/>", XML, None)
    version = first.get("feed/feed.xml").version
    server.can.breaks_after = len(server.can.renames) + 1
    with pytest.raises(RemoteError):
        first.put_if("feed/feed.xml", b"<two/>", XML, version)
    first.close()
    assert not (server.root / "podcast/feed/feed.xml").exists()
    server.can.breaks_after = 0

    again = opened(server)
    if read == "find":
        assert ["feed/feed.xml"] == [s.key for s in again.find("feed/")]
    assert b"<one/>" == again.get("feed/feed.xml").data
    again.put_if("feed/feed.xml", b"<two/>", XML, version)
    again.close()

    assert b"<two/>" == (server.root / "podcast/feed/feed.xml").read_bytes()
    assert ["feed/feed.xml"] == [s.key for s in opened(server).find("feed/")]


def test_a_file_that_was_deleted_does_not_come_back(server, storage):
    storage.put_if("feed/x.html", b"one", XML, None)
    (server.root / f"podcast/feed/{ASIDE}x.html").write_bytes(b"zero")

    storage.delete("feed/x.html")

    assert storage.get("feed/x.html") is None
    assert [] == list(storage.find("feed/"))


def test_another_run_that_puts_the_old_file_back_meanwhile_does_not_stop_this_one(
    server, storage, monkeypatch
):
    storage.put_if("feed/feed.xml", b"<one/>", XML, None)
    version = storage.get("feed/feed.xml").version
    once = threading.Event()
    before = paramiko.SFTPClient.rename

    def rename(self, old, new):
        before(self, old, new)
        if new.endswith(f"{ASIDE}feed.xml") and not once.is_set():
            once.set()
            other = opened(server)
            assert b"<one/>" == other.get("feed/feed.xml").data
            other.close()

    monkeypatch.setattr(paramiko.SFTPClient, "rename", rename)

    storage.put_if("feed/feed.xml", b"<two/>", XML, version)

    assert once.is_set()
    assert b"<two/>" == (server.root / "podcast/feed/feed.xml").read_bytes()


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (FAILURE, "refused it (Failure) and gave no reason; is its disk or your quota full?"),
        (DENIED, "permission denied; the folder must belong to the user who publishes"),
        (paramiko.SFTP_OP_UNSUPPORTED, "the server cannot do what was asked"),
    ],
)
def test_a_reason_is_never_made_up(server, storage, tmp_path, code, said):
    storage.put_if("feed/feed.xml", b"<one/>", XML, None)
    server.can.refuses_writes = code
    page = tmp_path / "page.html"
    page.write_bytes(b"page")

    with pytest.raises(RemoteError) as caught:
        storage.put("feed/page.html", page, XML, nothing)

    assert said in str(caught.value)
    assert ("quota" in str(caught.value)) == (code == FAILURE)
    assert "\n" not in str(caught.value)


# Host keys


@pytest.fixture
def rsa_and_ecdsa(home, tmp_path):
    """A server with two keys."""
    keys = [paramiko.RSAKey.generate(2048), paramiko.ECDSAKey.generate()]
    with poor_server(home, tmp_path / "server", keys=keys) as running:
        yield running, *keys


def said_with(home, server, text):
    """Return what connecting says with *text* as known_hosts; nothing where it works."""
    (home / ".ssh/known_hosts").write_text(text)
    store = opened(server)
    try:
        store.get("feed/feed.xml")
    except RemoteError as e:
        return str(e)
    finally:
        store.close()
    return ""


def line(host, key):
    return f"{host} {key.get_name()} {key.get_base64()}\n"


def test_a_known_hosts_file_is_read_as_ssh_reads_it(home, rsa_and_ecdsa):
    server, rsa, ecdsa = rsa_and_ecdsa
    here, other = f"[127.0.0.1]:{server.port}", paramiko.ECDSAKey.generate()
    noise = "# a comment\n\nbroken\n@odd x y z\n|1|x| ssh-rsa AAAA\nh ssh-rsa !!!\n\xff\n"

    def said(text):
        return said_with(home, server, noise + text)

    # Known, one way or another.
    assert said(line(here, rsa)) == ""
    assert said(line(f"walls.example,{here}", ecdsa) + "trailing rubbish\n") == ""
    assert said(line(hashed_name(here), ecdsa)) == ""
    assert said(line("127.0.0.1", ecdsa)) == ""  # known without its port
    assert said(line("[127.0.0.*]:*", ecdsa)) == ""
    assert said(line(here, other) + line(here, ecdsa)) == ""  # two of one kind: a host changes over
    assert said(f"@revoked {line('*', other)}" + line(here, ecdsa)) == ""
    assert said(f"@revoked {line('elsewhere', ecdsa)}" + line(here, ecdsa)) == ""
    assert said(f"@cert-authority {line('*', other)}" + line(here, rsa)) == ""
    # Not to be trusted, and why.
    revoked = f"@revoked {line('*', ecdsa)}"
    for text in (revoked + line(here, ecdsa), line(here, ecdsa) + revoked, revoked):
        assert "is marked @revoked in known_hosts; nothing was sent" in said(text)
        assert "\n" not in said(text)
    assert "NOT the one in known_hosts" in said(line(here, other))
    assert "the host's key is not known" in said("")
    assert "the host's key is not known" in said(line(f"!{here},[127*", ecdsa))
    assert "only names an authority" in said(f"@cert-authority {line('127.*,[127.*', other)}")


def test_a_key_is_judged_by_all_that_is_said_of_it(tmp_path):
    files = [tmp_path / "none", tmp_path, tmp_path / "hosts"]
    key = b"\0\0\0\x07ssh-rsaAAAA"
    files[2].write_text(f"walls ssh-rsa {b64encode(key).decode()} ruth@home\n")

    (known,) = read_lines(files)

    assert known == Line(marker="", hosts="walls", kind="ssh-rsa", key=key)
    assert "known" == judge([known], "WALLS", 22, "ssh-rsa", key)
    assert "other" == judge([known], "walls", 22, "ssh-rsa", b"x")
    assert "unknown" == judge([known], "walls", 22, "ssh-ed25519", b"x")
    assert ["ssh-rsa"] == kinds([known], "walls", 2022)


@pytest.mark.parametrize("mark", ["\x0b", "\x0c", "\x1c", "\x85", "\u2028", "\u2029"])
def test_only_a_line_feed_ends_a_line_of_known_hosts(tmp_path, mark):
    key = b64encode(b"\0\0\0\x07ssh-rsaAAAA").decode()
    hosts = tmp_path / "hosts"
    hosts.write_bytes(f"# my old one:{mark}walls ssh-rsa {key}\n".encode())

    assert [] == read_lines([hosts])


def test_a_known_hosts_file_that_cannot_be_read_is_one_line(tmp_path, monkeypatch):
    def refuse(_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.read_bytes", refuse)

    with pytest.raises(SettingsError, match="cannot be read: Permission denied"):
        read_lines([tmp_path / "hosts"])


def test_a_host_may_be_known_under_an_alias(home, server):
    text = (home / ".ssh/known_hosts").read_text().partition(" ")[2]
    (home / ".ssh/config").write_text("Host 127.0.0.1\n  HostKeyAlias walls\n")

    assert said_with(home, server, f"walls {text}") == ""
    assert isinstance(opened(server).store, Sftp)
