"""What docs/how-to/publish.md and docs/how-to/hosting.md tell people to write is right, as far as can be tried here."""

import json
import re
import shutil
import subprocess
import tomllib
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import yaml
from live_builders import BuiltShow
from live_servers import apache_over, caddy_over, nginx_over

from columncast.episodes.model.media_types import PUBLIC
from columncast.episodes.show.settings import Destination, Show, convert
from columncast.episodes.storage.door import open_storage
from columncast.feed.live import check, plan, server_rules, upload, verify
from columncast.feed.live.advice import CURES, HOSTS
from columncast.feed.live.recipes import RECIPES
from columncast.feed.rss.redirects import feed_redirects, redirects
from columncast.feed.serving.headers import cache_control, content_type, frames
from columncast.feed.site.pages import render_feed_style

DOCS = Path(__file__).parent.parent / "docs"
PUBLISH = (DOCS / "how-to" / "publish.md").read_text(encoding="utf-8")
HOSTING = (DOCS / "how-to" / "hosting.md").read_text(encoding="utf-8")
PAGES = (DOCS / "how-to" / "pages.md").read_text(encoding="utf-8")


def blocks(text, kind):
    found = re.findall(rf"^( *)```{kind}\n(.*?)^ *```", text, flags=re.MULTILINE | re.DOTALL)
    assert found
    return [re.sub(f"^{indent}", "", block, flags=re.MULTILINE) for indent, block in found]


@pytest.mark.parametrize("text", [*blocks(PUBLISH, "toml"), *blocks(HOSTING, "toml")])
def test_every_setting_in_the_docs_is_one(text):
    show = {"title": "T", "site_url": "https://t.example", "base_url": "https://t.example/"}

    settings = convert(show | tomllib.loads(text), Show, where="docs")

    assert settings.publish


@pytest.mark.parametrize("text", blocks(HOSTING, "json"))
def test_every_policy_in_the_docs_is_json(text):
    assert json.loads(text)


# Each recipe, run by the real server

SERVERS = ["nginx", "apache", "apache-htaccess", "caddy"]
BLOCKS = {"nginx": "nginx", "apache": "apache", "caddy": "caddyfile"}
NO_AUDIO = b"not really" * 100
FILES = {
    "audio/week-9-1a2b3c4d.m4a": NO_AUDIO,
    "audio/week-9-1a2b3c4d.opus": NO_AUDIO,
    "audio/week-9-1a2b3c4d.ogg": NO_AUDIO,
    "audio/week-9-1a2b3c4d.wav": NO_AUDIO,
    "feed/player-1a2b3c4d.js": "console.log('ä')".encode() * 40,
    "feed/listen.js": b"console.log(1)",
    "feed/week-1/listen.json": b'{"version":1}',
    "feed/week-1/sentences-1a2b3c4d.json": b'{"version":1}',
    "feed/feed.css": b"rss { display: block }" * 40,
    "feed/subscriptions.opml": b"<opml/>",
    "feed/old.xsl": b"<x/>",
    "feed/humans.txt": "Ä".encode(),
    "feed/cover-1a2b3c4d.png": b"\x89PNG",
    "feed/week-9/picture-quay-1a2b3c4d.webp": b"RIFF",
    "feed/week-9/picture-wave-1a2b3c4d.gif": b"GIF89a",
    "feed/week-1/chapters.json": b"{}",
    "feed/week-1/chapters-1a2b3c4d.json": b"{}",
    "feed/week-1/transcript.json": b"{}",
    "feed/week-1/transcript-1a2b3c4d.json": b"{}",
    "feed/week-1/transcript-1a2b3c4d.srt": b"1",
    "feed/week-1/transcript.vtt": b"WEBVTT",
    "feed/week-1/oembed.json": b"{}",
    "feed/week-1/oembed.xml": b"<oembed/>",
    "feed/week-1/embed/index.html": b"<p>",
    "feed/latest.html": b"<p>",
}


@contextmanager
def server_over(part, name, root, more=""):
    """Run the server of a recipe as it stands in the docs, with *more* within its site."""
    kind = name.partition("-")[0]
    (recipe,) = blocks(HOSTING, BLOCKS[kind])
    if kind == "nginx":
        recipe = recipe.rstrip().removesuffix("}") + f"{more}}}\n"
        with nginx_over(part("nginx", "/usr/sbin/nginx"), root, recipe=recipe) as served:
            yield served
    elif kind == "apache":
        program, htaccess = part("apache2", "/usr/sbin/apache2"), name.endswith("htaccess")
        with apache_over(program, root, recipe=recipe + more, htaccess=htaccess) as served:
            yield served
    else:
        recipe = recipe.rstrip().removesuffix("}") + f"{more}}}\n"
        with caddy_over(part("caddy"), root, recipe=recipe) as served:
            yield served


def published_at(tmp_path, url):
    show = BuiltShow(tmp_path / "show", url)
    to = Destination(kind="folder", path="../www")
    show.add(1)
    for path, content in FILES.items():
        show.write(path, content)
    store = open_storage(to, show.root)
    upload.go_live(show.folder, store, plan.plan(show.folder, to, store, name="main"))
    for path, content in FILES.items():
        if path.startswith("audio/"):
            (tmp_path / "www" / path).write_bytes(content)
    return show


@pytest.mark.parametrize("name", SERVERS)
def test_the_recipe_of_a_server_serves_as_directories_and_apps_ask(part, tmp_path, name):
    with server_over(part, name, tmp_path / "www") as www:
        show = published_at(tmp_path, www.url)

        findings = check.check_live(show.folder)

        client = verify.Servers().client
        hidden = [
            client.ask(f"{www.url}{path}").status
            for path in (".columncast/since", f".columncast/put/{'x' * 8}.json", ".htaccess")
        ]
        said = {}
        paths = [path.relative_to(www.root).as_posix() for path in www.root.rglob("*.*")]
        paths = [path for path in paths if not path.startswith(".") and (www.root / path).is_file()]
        for path in paths:
            answer = client.ask(www.url + path, headers={"origin": "https://player.example"})
            head = client.ask(www.url + path, "HEAD")
            part_of = client.ask(www.url + path, headers={"range": "bytes=0-1"})
            again = {"if-none-match": answer.header("etag")}
            said[path] = (
                re.sub(
                    "; ?charset=utf-8", "; charset=utf-8", answer.header("content-type").lower()
                ),
                answer.header("cache-control"),
                answer.header("content-security-policy"),
                answer.header("access-control-allow-origin"),
                (head.status, head.length_bytes, part_of.status),
                client.ask(www.url + path, headers=again).status,
            )
        zipped = client.ask(
            www.url + show.episodes[0].enclosure.path, headers={"accept-encoding": "gzip"}
        ).header("content-encoding")
        absent = client.ask(f"{www.url}audio/none-1a2b3c4d.mp3")
        pages = {
            f"{path}index.html": (
                page.status,
                page.header("content-type").lower(),
                page.header("cache-control"),
                page.header("content-security-policy"),
            )
            for path in ("feed/", "feed/week-1/", "feed/week-1/embed/")
            for page in [client.ask(www.url + path)]
        }

    assert [] == [f for f in findings if f.code != "not-https"]  # this is loopback
    assert all(status in (403, 404) for status in hidden)
    assert said == {
        path: (
            content_type(path),
            cache_control(path),
            frames(path),
            "*",
            (200, (www.root / path).stat().st_size, 206),
            304,
        )
        for path in paths
    }
    assert pages == {
        index: (200, content_type(index), cache_control(index), frames(index)) for index in pages
    }
    assert {Path(path).suffix for path in paths} >= {kind.suffix for kind in PUBLIC} - {".xml"}
    assert ("", 404, None) == (zipped, absent.status, server_rules.kept_for_s(absent) or None)


@pytest.mark.parametrize("name", SERVERS)
def test_the_page_for_wrong_addresses_is_given_for_them_and_stays_an_error(part, tmp_path, name):
    row = re.search(
        rf"^\| {name.partition('-')[0]} \| (.+?) \|$", HOSTING, re.MULTILINE | re.IGNORECASE
    )
    lines = "".join(f"{code}\n" for code in re.findall("`(.+?)`", row[1]) if code != "server")
    with server_over(part, name, tmp_path / "www", more=lines) as www:
        for page in ("index.html", "404.html"):
            (www.root / page).write_text(f"<p>This is {page}</p>", encoding="utf-8")
        client = verify.Servers().client

        home = client.ask(www.url)
        wrong = [client.ask(f"{www.url}{path}") for path in ("no", "feed/no/such/", "audio/no.mp3")]

    assert (200, b"<p>This is index.html</p>") == (home.status, home.content)
    assert [(404, b"<p>This is 404.html</p>")] * 3 == [(w.status, w.content) for w in wrong]
    assert not [w for w in wrong if server_rules.kept_for_s(w)]


def test_nginx_takes_its_recipe_without_a_warning(part, tmp_path):
    program = part("nginx", "/usr/sbin/nginx")
    with server_over(part, "nginx", tmp_path / "www"):
        config = tmp_path / "www-nginx" / "nginx.conf"
        tried = [program, "-t", "-p", config.parent, "-e", "stderr", "-c", config]
        done = subprocess.run(tried, capture_output=True, text=True, check=True)

    assert "[warn]" not in done.stderr


@pytest.mark.parametrize("name", SERVERS)
@pytest.mark.parametrize("old", ["", "my%20pod/a.b+c/"])
def test_the_redirects_of_a_move_lead_every_address_to_its_new_place(part, tmp_path, name, old):
    there = "http://127.0.0.1:9/letters/"
    server = name.partition("-")[0]
    more = redirects(f"https://old.example/{old}", there)[server]
    more += (
        feed_redirects("https://old.example/rss/", f"{there}feed/feed.xml")[server] if old else ""
    )
    with server_over(part, name, tmp_path / "www", more=more) as www:
        client = verify.Servers().client
        for path in ("feed/feed.xml", "audio/week-1-1a2b3c4d.mp3", "feed/week-1/"):
            answer = client.ask(f"{www.url}{old}{path}")
            assert (301, there + path) == (answer.status, answer.redirect)
        for path in ("rss", "rss/") if old else ():
            answer = client.ask(www.url + path)
            assert (301, f"{there}feed/feed.xml") == (answer.status, answer.redirect)


def test_a_browser_shows_the_feed_as_a_page_wherever_it_is_served(part, browser, tmp_path):
    style = render_feed_style().encode()
    page = browser.new_page()
    with ExitStack() as stack:
        for name in ("nginx", "apache", "caddy"):
            at = tmp_path / name
            www = stack.enter_context(server_over(part, name, at / "www"))
            show = published_at(at, www.url)
            (www.root / "feed/feed.css").write_bytes(style)
            page.goto(f"{www.url}feed/feed.xml")
            shown = page.evaluate(
                """() => [...document.querySelectorAll("*")]
                    .filter(e => !e.children.length && e.getClientRects().length)
                    .map(e => e.textContent.trim())"""
            )
            assert {"The Long Wall", "Week 1", "Apple Podcasts"} <= set(shown)
            assert not [text for text in shown if text.startswith(("urn:", "<p>", "columncast"))]
            script = page.request.get(f"{www.url}feed/player-1a2b3c4d.js")
            assert "text/javascript; charset=utf-8" == script.headers["content-type"]
            assert show.episodes


# One source


@pytest.mark.parametrize(("server", "kind"), [*BLOCKS.items(), ("netlify", "text")])
def test_the_docs_and_the_program_have_one_recipe_for_each_server(server, kind):
    everywhere = "".join(path.read_text(encoding="utf-8") for path in DOCS.glob("**/*.md"))

    assert RECIPES[server] == blocks(HOSTING, kind)[0]
    if kind != "text":
        assert 1 == everywhere.count(f"```{kind}")
    assert not [word for word in ("AddType", "add_header") if word in PAGES]


def test_what_a_finding_tells_to_set_is_in_the_recipe():
    settings = re.compile(
        r"(?:add_header|AddType|Header (?:always )?set|FileETag|SetEnvIf\w*) [^;(]+"
    )
    quoted = 0
    for cure in CURES.values():
        for server in BLOCKS:
            for setting in settings.findall(cure.get(server, "")):
                quoted += 1
                words = setting.split(" AddType ")[0].strip()
                assert words.removesuffix(" and") in " ".join(RECIPES[server].split())
    assert quoted > 8


def test_the_redirects_in_the_docs_are_those_that_a_move_prints():
    moving = (DOCS / "how-to" / "moving.md").read_text(encoding="utf-8")
    printed = redirects("https://old.example.org/podcast/", "https://new.example.org/podcast/")

    for rule in printed.values():
        assert rule in moving


def test_the_workflow_of_the_docs_is_one():
    (workflow,) = (yaml.safe_load(block) for block in blocks(PUBLISH, "yaml"))

    (job,) = workflow["jobs"].values()
    commands = [step["run"] for step in job["steps"] if "run" in step]
    assert "columncast build --due && columncast publish" in commands
    assert workflow["concurrency"]
    assert not re.search(r"AKIA|secret_access_key:\s*[A-Za-z0-9]", PUBLISH, flags=re.IGNORECASE)


def test_systemd_takes_the_units_of_the_docs(tmp_path):
    units = blocks(PUBLISH, "ini")
    names = [re.match(r"# .*/(\S+)\n", unit)[1] for unit in units]
    assert ["columncast.service", "columncast.timer"] == names
    analyze = shutil.which("systemd-analyze")
    if not analyze:
        pytest.skip("systemd-analyze is not installed")
    for name, unit in zip(names, units, strict=True):
        text = unit.replace("%h/.local/bin/columncast", "/bin/true")
        (tmp_path / name).write_text(text, encoding="utf-8")

    done = subprocess.run(
        [analyze, "verify", "--user", *(str(tmp_path / name) for name in names)],
        capture_output=True,
        text=True,
        check=False,
    )

    assert not [line for line in done.stderr.splitlines() if "columncast" in line], done.stderr


def test_every_host_that_a_finding_may_name_is_in_the_docs():
    for host in HOSTS.values():
        assert host in HOSTING
