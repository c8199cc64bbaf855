"""What docs/publish.md and docs/hosting.md tell people to write is right, as far as can be tried here."""

import json
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest
import yaml
from live_builders import BuiltShow
from live_servers import nginx_over

from columncast.episodes.settings import Destination, Show, convert
from columncast.episodes.storage import open_storage
from columncast.feed import live
from columncast.feed.live.hosts import HOSTS

DOCS = Path(__file__).parent.parent / "docs"
PUBLISH = (DOCS / "publish.md").read_text(encoding="utf-8")
HOSTING = (DOCS / "hosting.md").read_text(encoding="utf-8")


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


def test_the_nginx_of_the_docs_serves_as_directories_ask(part, tmp_path):
    (server,) = blocks(HOSTING, "nginx")
    inner = server[server.index("    types") : server.rindex("}")]
    with nginx_over(
        part("nginx", "/usr/sbin/nginx"), tmp_path / "www", types="", more=inner
    ) as www:
        show = BuiltShow(tmp_path / "show", www.url)
        show.add(1)
        to = Destination(kind="folder", path="../www")
        store = open_storage(to, show.root)
        live.go_live(show.folder, store, live.plan(show.folder, to, store, name="main"))

        findings = live.check_live(show.folder)

        hidden = live.Servers().client.ask(f"{www.url}.columncast/since").status

    assert {"not-https"} == {finding.code for finding in findings}  # this is loopback
    assert 403 == hidden


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
