"""What an installation puts on a machine: the package `columncast`, whole, and nothing else."""

import email
import functools
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest
from packaging.requirements import Requirement

import columncast
from columncast.episodes.disk.versions import software

ROOT = Path(__file__).parent.parent


def tracked() -> set[str]:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return {name for name in listed.stdout.splitlines() if (ROOT / name).is_file()}


@pytest.fixture(scope="module")
def clean_copy(tmp_path_factory) -> Path:
    """The checkout as a clone has it, under another name."""
    copy = tmp_path_factory.mktemp("clone") / "any-name"
    for name in tracked():
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, copy / name)
    return copy


@pytest.fixture(scope="module")
def dists(clean_copy, tmp_path_factory) -> tuple[Path, Path]:
    """An sdist, and a wheel built from that sdist, as an index would serve them."""
    out = tmp_path_factory.mktemp("dist")
    build_in(clean_copy, "build_sdist", out)
    (sdist,) = out.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(out, filter="data")
    unpacked = out / sdist.name.removesuffix(".tar.gz")
    build_in(unpacked, "build_wheel", out)
    (wheel,) = out.glob("*.whl")
    return sdist, wheel


def build_in(folder: Path, hook: str, out: Path) -> None:
    code = f"import setuptools.build_meta as b; b.{hook}({str(out)!r})"
    subprocess.run([sys.executable, "-c", code], cwd=folder, check=True, capture_output=True)


def needed() -> set[str]:
    """What is part of the package: every module and data file of its folders."""
    return {
        f"columncast/{name}"
        for name in tracked()
        if name in ("__init__.py", "__main__.py", "cli.py", "publish.py", "py.typed")
        or name.split("/")[0] in ("episodes", "audio", "feed")
        or (name.startswith("docs/") and name.endswith(".md"))
    }


def manual_pages() -> set[str]:
    return {Path(name).name for name in tracked() if name.startswith("docs/man/")}


def test_the_wheel_holds_everything_it_needs_and_nothing_else(dists):
    with zipfile.ZipFile(dists[1]) as wheel:
        names = {name for name in wheel.namelist() if ".dist-info/" not in name}

    pages = {name for name in names if ".data/data/share/man/man1/" in name}
    assert needed() == names - pages
    assert manual_pages() == {Path(name).name for name in pages}


def test_the_sdist_has_the_tests_and_the_docs(dists):
    with tarfile.open(dists[0]) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}

    assert {name for name in tracked() if name.startswith(("tests/", "docs/"))} <= names
    assert {"README.md", "CHANGELOG.md", "pyproject.toml", "run.sh"} <= names


def test_an_installation_is_one_package_and_one_command(dists, tmp_path):
    site = tmp_path / "site"
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-index"]
    subprocess.run([*pip, "--target", site, dists[1]], check=True)

    top = {path.name for path in site.iterdir()}

    assert {"columncast", "bin", "share"} == {n for n in top if not n.endswith(".dist-info")}
    assert manual_pages() == {path.name for path in (site / "share" / "man" / "man1").iterdir()}
    assert ["columncast"] == [path.name for path in (site / "bin").iterdir()]


def test_an_installation_runs(dists, tmp_path):
    site = tmp_path / "site"
    with zipfile.ZipFile(dists[1]) as wheel:
        wheel.extractall(site)
    environment = os.environ | {"PYTHONPATH": str(site)}
    code = "import columncast.cli as c; print(c.__file__)"

    where = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    said = subprocess.run(
        [sys.executable, "-m", "columncast", "--help"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )

    assert str(site) in where.stdout
    assert "Turn a column and its recorded narration into a podcast" in said.stdout


@pytest.fixture(params=["wheel", "checkout that nobody installed", "editable installation"])
def python_path(request, dists, clean_copy, tmp_path) -> str:
    """Where Python finds the package, in each way in which people have it."""
    if request.param == "wheel":
        with zipfile.ZipFile(dists[1]) as wheel:
            wheel.extractall(tmp_path)
    elif request.param == "checkout that nobody installed":
        (tmp_path / "columncast").symlink_to(clean_copy)
    else:
        return ""
    return str(tmp_path)


def test_the_version_is_one_however_columncast_is_installed(python_path, tmp_path):
    code = (
        "import columncast, sys; from columncast.episodes.disk.versions import software;"
        "print(columncast.__file__, columncast.__version__, software())"
    )
    run = functools.partial(
        subprocess.run,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": python_path},
        capture_output=True,
        text=True,
        check=True,
    )

    file, version, mark = run([sys.executable, "-c", code]).stdout.split()
    said = run([sys.executable, "-m", "columncast", "--version"]).stdout

    if python_path:
        assert Path(file).parent.parent == Path(python_path)
    assert columncast.__version__ == version
    assert software() == mark
    assert f"columncast, version {version}\n" == said


def test_the_archives_and_the_metadata_have_that_version_too(dists):
    with zipfile.ZipFile(dists[1]) as wheel:
        (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        told = email.message_from_bytes(wheel.read(name))

    assert columncast.__version__ == told["Version"]
    assert all(f"columncast-{columncast.__version__}" in path.name for path in dists)
    assert {"Development Status", "Environment", "Natural Language", "Operating System"} <= {
        classifier.partition(" :: ")[0] for classifier in told.get_all("Classifier")
    }


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13"])
def test_the_lock_file_holds_one_version_of_each_requirement_and_one_that_is_allowed(python):
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    wanted = [*project["dependencies"], *(one for extra in extras.values() for one in extra)]
    here = {"python_version": python, "python_full_version": f"{python}.0"}
    locked: dict[str, list[str]] = {}
    lines = (ROOT / "requirements-dev.lock").read_text(encoding="utf-8").splitlines()
    for line in (line.rstrip("\\ ") for line in lines if re.match(r"[a-z0-9]", line)):
        pinned = Requirement(line)
        if pinned.marker is None or pinned.marker.evaluate(here):
            locked.setdefault(pinned.name, []).append(str(pinned.specifier).removeprefix("=="))

    for requirement in map(Requirement, wanted):
        if requirement.name == "columncast":
            continue
        if requirement.marker and not requirement.marker.evaluate(here):
            continue
        (version,) = locked[re.sub(r"[-_.]+", "-", requirement.name).lower()]
        assert requirement.specifier.contains(version, prereleases=True), str(requirement)
