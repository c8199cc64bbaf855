"""Real servers on loopback: nginx over a folder, OpenSSH's SFTP, and a server of the S3 protocol."""

from __future__ import annotations

import contextlib
import getpass
import json
import os
import re
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from columncast.feed.live.recipes import RECIPES

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """Return a port that nobody else is given before the server of the test has it.

    A connection that was closed at this end keeps its port for a minute: for that long the system
    gives it to no other program that asks for any, and a server that asks for it by number, with
    `SO_REUSEADDR` as all of them do, gets it.
    """
    with socket.create_server((LOOPBACK, 0)) as taken:
        address = taken.getsockname()
        with socket.create_connection(address), taken.accept()[0]:
            return address[1]


def wait_for(port: int, process: subprocess.Popen | None = None) -> None:
    for _ in range(400):
        with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, port), timeout=1):
            return
        if process is not None and process.poll() is not None:
            pytest.fail(f"the server ended: {process.stderr.read() if process.stderr else ''}")
        time.sleep(0.025)
    pytest.fail("the server did not start")


@dataclass(frozen=True)
class ServedFolder:
    """A folder that is served over HTTP."""

    root: Path
    url: str


NGINX = """\
daemon off; master_process off; pid {run}/pid; error_log stderr;
events {{}}
http {{
  access_log off;
  client_body_temp_path {run}/body; proxy_temp_path {run}/proxy; fastcgi_temp_path {run}/fcgi;
  uwsgi_temp_path {run}/uwsgi; scgi_temp_path {run}/scgi;
  {site}
}}
"""
SITE = "{types} server {{ listen 80; root /srv/www; {more} }}"


@contextlib.contextmanager
def nginx_over(
    program: str, root: Path, *, types: str = "", more: str = "", recipe: str = ""
) -> Iterator[ServedFolder]:
    """Serve *root*, by the *recipe* of the docs unless the test has *types* or *more* of its own."""
    run = root.parent / f"{root.name}-nginx"
    root.mkdir(parents=True, exist_ok=True)
    run.mkdir(exist_ok=True)
    port = free_port()
    config = run / "nginx.conf"
    own = SITE.format(types=types, more=more) if types or more else ""
    site = re.sub(r"listen \S+;", f"listen {LOOPBACK}:{port};", recipe or own or RECIPES["nginx"])
    site = re.sub(r"root \S+;", f"root {root};", site)
    config.write_text(NGINX.format(run=run, site=site))
    command = [program, "-p", str(run), "-e", "stderr", "-c", str(config)]
    with running(command, port):
        yield ServedFolder(root=root, url=f"http://{LOOPBACK}:{port}/")


@contextlib.contextmanager
def running(command: list[str], port: int, **more) -> Iterator[None]:
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, **more)
    try:
        wait_for(port, process)
        yield
    finally:
        process.terminate()
        process.communicate(timeout=20)


@pytest.fixture
def nginx(part, tmp_path) -> Iterator[ServedFolder]:
    """A folder, and nginx serving it as docs/how-to/hosting.md says."""
    with nginx_over(part("nginx", "/usr/sbin/nginx"), tmp_path / "www") as served:
        yield served


APACHE = """\
ServerRoot {run}
ServerName {address}
Listen {address}
PidFile {run}/pid
ErrorLog /dev/stderr
TypesConfig /dev/null
{user}
{modules}
DocumentRoot {root}
<Directory />
  Require all denied
</Directory>
<Directory {root}>
  Require all granted
  AllowOverride {override}
  {recipe}
</Directory>
"""
APACHE_MODULES = Path("/usr/lib/apache2/modules")
MODULES = (
    "mpm_event",
    "authz_core",
    "mime",
    "dir",
    "headers",
    "alias",
    "setenvif",
    "deflate",
    "filter",
)


@contextlib.contextmanager
def apache_over(
    program: str, root: Path, *, recipe: str = RECIPES["apache"], htaccess: bool = False
) -> Iterator[ServedFolder]:
    run = root.parent / f"{root.name}-apache"
    root.mkdir(parents=True, exist_ok=True)
    run.mkdir(exist_ok=True)
    port = free_port()
    modules = [
        f"LoadModule {name}_module {APACHE_MODULES}/mod_{name}.so"
        for name in MODULES
        if (APACHE_MODULES / f"mod_{name}.so").is_file()
    ]
    if htaccess:
        (root / ".htaccess").write_text(recipe)
    config = run / "apache.conf"
    with seen_by_others(root) as seen:
        config.write_text(
            APACHE.format(
                run=run,
                address=f"{LOOPBACK}:{port}",
                user="User nobody\nGroup nogroup" if os.geteuid() == 0 else "",
                modules="\n".join(modules) + "\nAddOutputFilterByType DEFLATE text/html text/css",
                root=seen,
                override="FileInfo" if htaccess else "None",
                recipe="" if htaccess else recipe,
            )
        )
        with running([program, "-D", "FOREGROUND", "-f", str(config)], port):
            yield ServedFolder(root=root, url=f"http://{LOOPBACK}:{port}/")


@contextlib.contextmanager
def seen_by_others(folder: Path) -> Iterator[Path]:
    """Let any user look into *folder*: it lies elsewhere meanwhile, and a link in its place.

    Apache, started by root, serves as another user. Every run of pytest that begins on the machine
    closes the folder of all runs to other users, so opening that once is not enough.
    """
    if os.geteuid() != 0:
        yield folder
        return
    with tempfile.TemporaryDirectory() as open_to_all:
        there = Path(open_to_all, folder.name)
        Path(open_to_all).chmod(0o755)
        shutil.move(folder, there)
        there.chmod(0o755)
        folder.symlink_to(there)
        try:
            yield there
        finally:
            folder.unlink()
            shutil.move(there, folder)


@contextlib.contextmanager
def caddy_over(
    program: str, root: Path, *, recipe: str = RECIPES["caddy"]
) -> Iterator[ServedFolder]:
    run = root.parent / f"{root.name}-caddy"
    root.mkdir(parents=True, exist_ok=True)
    run.mkdir(exist_ok=True)
    port = free_port()
    site = recipe.replace("cast.walls.example {", f"http://{LOOPBACK}:{port} {{", 1)
    site = re.sub(r"root \* \S+", f"root * {root}", site)
    config = run / "Caddyfile"
    config.write_text("{\n\tadmin off\n\tauto_https off\n}\n" + site)
    home = {name: str(run) for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME")}
    command = [program, "run", "--adapter", "caddyfile", "--config", str(config)]
    with running(command, port, env=os.environ | home):
        yield ServedFolder(root=root, url=f"http://{LOOPBACK}:{port}/")


@dataclass(frozen=True)
class Ssh:
    """An SSH server, and the home of a user that it lets in."""

    port: int
    user: str
    home: Path
    folder: Path
    """Where files may be put."""


SSHD = """\
Port {port}
ListenAddress 127.0.0.1
HostKey {run}/host
AuthorizedKeysFile {run}/authorized
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
MaxSessions 20
Subsystem sftp internal-sftp
"""


@contextlib.contextmanager
def sshd_at(sshd: str, keygen: str, run: Path, *, config: str = SSHD, before=None) -> Iterator[Ssh]:
    run.mkdir(parents=True, exist_ok=True)
    home = run / "home"
    (home / ".ssh").mkdir(parents=True, mode=0o700)
    (run / "files").mkdir()
    for key in (run / "host", home / ".ssh" / "id_ed25519"):
        command = [keygen, "-q", "-t", "ed25519", "-N", "", "-f", str(key)]
        subprocess.run(command, check=True)
    shutil.copy(home / ".ssh" / "id_ed25519.pub", run / "authorized")
    port = free_port()
    (run / "config").write_text(config.format(port=port, run=run))
    host = (run / "host.pub").read_text().rsplit(" ", 1)[0]
    (home / ".ssh" / "known_hosts").write_text(f"[{LOOPBACK}]:{port} {host}\n")
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)  # where sshd as root wants to live
    # Its log is a file: processes of open connections outlive it, and would keep a pipe open.
    command = [sshd, "-D", "-E", str(run / "log"), "-f", str(run / "config")]
    process = subprocess.Popen(command, preexec_fn=before)  # noqa: PLW1509 - nothing but a limit is set there
    try:
        wait_for(port, process)
        yield Ssh(port=port, user=getpass.getuser(), home=home, folder=run / "files")
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(scope="session")
def ssh_server(part, tmp_path_factory) -> Iterator[Ssh]:
    sshd, keygen = part("/usr/sbin/sshd", "sshd"), part("ssh-keygen")
    with sshd_at(sshd, keygen, tmp_path_factory.mktemp("ssh") / "run") as server:
        yield server


@pytest.fixture
def ssh(ssh_server, monkeypatch) -> Ssh:
    """An SSH server that this user's home knows and has a key for."""
    monkeypatch.setenv("HOME", str(ssh_server.home))
    monkeypatch.delenv("SSH_AUTH_SOCK", raising=False)
    return ssh_server


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """The address of a server of the S3 protocol (moto)."""
    from moto.server import ThreadedMotoServer  # noqa: PLC0415 - takes half a second

    port = free_port()
    server = ThreadedMotoServer(ip_address=LOOPBACK, port=port, verbose=False)
    server.start()
    wait_for(port)
    yield f"http://{LOOPBACK}:{port}"
    server.stop()


@pytest.fixture
def aws(monkeypatch) -> None:
    """Credentials as the environment gives them."""
    for name in ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_CONFIG_FILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "very-secret")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


_buckets = 0


@pytest.fixture
def bucket(s3_server, aws) -> str:
    """A new bucket that everybody may read."""
    import boto3  # noqa: PLC0415 - takes a while, and few need it

    global _buckets  # noqa: PLW0603 - a new name for each test
    _buckets += 1
    name = f"walls-{_buckets}"
    client = boto3.client("s3", endpoint_url=s3_server)
    client.create_bucket(Bucket=name)
    everybody = {
        "Effect": "Allow",
        "Principal": "*",
        "Action": ["s3:GetObject", "s3:HeadObject"],  # moto has an action of its own for HEAD
        "Resource": f"arn:aws:s3:::{name}/*",
    }
    policy = {"Version": "2012-10-17", "Statement": [everybody]}
    client.put_bucket_policy(Bucket=name, Policy=json.dumps(policy))
    client.close()
    return name
