"""`doctor`: what is wrong on this machine or missing, each with a cure, and nobody is asked."""

import io
import json
import shutil
import socket
import sys
import tomllib
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from columncast.episodes.doctor import extras
from columncast.episodes.doctor.examination import Ffmpeg, examine
from columncast.episodes.errors import ColumncastError

FFMPEG = Ffmpeg(version="9.0", path="/usr/bin/ffmpeg", missing=())
ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def _alone(monkeypatch, tmp_path):
    """A home of one's own, and a network that nobody may ask."""
    home = tmp_path / "home"
    (home / ".ssh").mkdir(parents=True)
    monkeypatch.setenv("HOME", str(home))
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE", "SSH_AUTH_SOCK"):
        monkeypatch.delenv(name, raising=False)

    def refuse(*_):
        raise AssertionError("somebody was asked")

    monkeypatch.setattr(socket.socket, "connect", refuse)


def places(folder, text):
    with (folder.root / "show.toml").open("a", encoding="utf-8") as settings:
        settings.write(f"\n{text}\n")
    folder.__dict__.pop("show", None)
    return folder


def found(name, folder=None, ffmpeg=FFMPEG, *, aligns=True, now=None):
    examined = examine(folder, ffmpeg, aligns=aligns, now=now)
    (finding,) = [finding for finding in examined if finding.name == name]
    if finding.verdict in ("error", "warning"):
        assert finding.cure
    return finding


def test_a_machine_and_a_show_that_work_have_no_error(columncast, one_episode):
    done, shown = columncast("doctor", "--json"), columncast("doctor")

    told = json.loads(done.out)
    assert (0, 0) == (done.code, told["errors"]), shown.out
    names = {finding["name"] for finding in told["findings"]}
    assert {"Python", "ffmpeg", "clock", "time zones", "terminal", "editor"} <= names
    assert {"disk", "rights", "show", "its time"} <= names
    assert shown.out.splitlines()[-1].startswith("0 errors, ")


def test_it_works_outside_of_any_show(columncast, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)

    assert 0 == columncast("doctor").code
    assert 2 == columncast("-C", tmp_path, "doctor").code


def test_every_extra_of_the_installation_is_explained():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]

    assert set(extras.EXTRAS) == set(project["optional-dependencies"]) - {"all", "dev"}


@pytest.mark.parametrize(("kind", "verdict"), [("s3", "error"), ("folder", "note")])
def test_an_extra_is_an_error_only_where_the_show_needs_it(kind, verdict, show, monkeypatch):
    monkeypatch.setattr(extras, "_installed", lambda name: name != "boto3")
    place = 'bucket = "walls"' if kind == "s3" else 'path = "../www"'
    places(show, f'[publish.www]\nkind = "{kind}"\n{place}')

    finding = found("[s3]", show)

    assert verdict == finding.verdict
    assert 'pip install "columncast[s3]"' == finding.cure


def test_an_ffmpeg_that_is_missing_or_cannot_encode_is_an_error():
    lacking = Ffmpeg(version="4.0", path="/usr/bin/ffmpeg", missing=["libopus"])

    assert "error" == found("ffmpeg", ffmpeg=ColumncastError("no ffmpeg")).verdict
    assert "cannot encode libopus" in found("ffmpeg", ffmpeg=lacking).message
    assert "error" == found("ffmpeg", ffmpeg=lacking).verdict


def test_without_the_aligner_there_is_a_warning():
    assert "warning" == found("transcripts", aligns=False).verdict
    assert "ok" == found("transcripts").verdict


def test_a_clock_that_is_behind_is_an_error(show):
    assert "error" == found("clock", show, now=datetime(2020, 1, 1, tzinfo=UTC)).verdict
    assert "ok" == found("clock", show).verdict


@pytest.mark.parametrize(
    ("free", "verdict"), [(10**10, "ok"), (5 * 10**8, "warning"), (10**7, "error")]
)
def test_a_disk_that_is_nearly_full_is_told(free, verdict, show, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=free))

    assert verdict == found("disk", show).verdict


def test_a_public_folder_that_nobody_else_may_read_is_a_warning(one_episode):
    one_episode.audio.chmod(0o700)

    finding = found("rights", one_episode)

    assert ("warning", "chmod a+rx audio") == (finding.verdict, finding.cure)


def test_a_folder_that_cannot_be_written_is_an_error(one_episode, monkeypatch):
    monkeypatch.setattr("os.access", lambda path, _: path != one_episode.feed)

    finding = found("rights", one_episode)

    assert ("error", "chmod u+rwx feed") == (finding.verdict, finding.cure)


def test_a_terminal_without_unicode_is_a_warning(monkeypatch):
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))

    assert "warning" == found("terminal").verdict


@pytest.mark.parametrize(
    ("named", "verdict"), [("/nowhere/an-editor --wait", "note"), (sys.executable, "ok")]
)
def test_the_editor_is_looked_for(named, verdict, monkeypatch):
    monkeypatch.setenv("VISUAL", named)

    assert verdict == found("editor").verdict


def test_damaged_settings_are_an_error_and_the_rest_is_examined(columncast, show):
    (show.root / "show.toml").write_text("title = [")

    done = columncast("doctor")

    assert 3 == done.code
    assert "error    show         show.toml: is not valid TOML" in done.out
    assert "1 error, " in done.out


def test_credentials_of_a_bucket_are_looked_for_without_asking_anybody(show, monkeypatch):
    places(show, '[publish.store]\nkind = "s3"\nbucket = "walls"')
    none = found("to store", show)
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    unknown = found("to store", show)
    monkeypatch.delenv("AWS_PROFILE")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "x")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "y")

    assert "no credentials" in none.message
    assert "nobody" in unknown.message
    assert ["error", "error", "ok"] == [f.verdict for f in (none, unknown, found("to store", show))]


def test_the_key_and_the_host_of_a_server_are_looked_for(show, tmp_path):
    places(show, '[publish.server]\nkind = "sftp"\nhost = "walls.example"\npath = "/srv"')
    ssh = tmp_path / "home" / ".ssh"
    before = found("to server", show)
    (ssh / "id_ed25519").touch()
    key = b64encode(b"\0\0\0\x0bssh-ed25519" + bytes(36)).decode()
    (ssh / "known_hosts").write_text(f"walls.example ssh-ed25519 {key}\n")

    assert "no key in ~/.ssh" in before.message
    assert "not in known_hosts" in before.message
    assert "ok" == found("to server", show).verdict


def test_a_folder_that_cannot_be_one_is_an_error(show):
    (show.root / "www").touch()
    places(show, '[publish.www]\nkind = "folder"\npath = "www/public"')

    assert "is a file, and a folder is wanted there" in found("to www", show).message
