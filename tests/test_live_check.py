"""What `check --live` finds at real servers, and what it says to change there."""

import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from live_builders import BuiltShow
from live_servers import nginx_over

from columncast.episodes.http.client import Answer, Client
from columncast.episodes.show.settings import Destination
from columncast.episodes.storage.door import open_storage
from columncast.episodes.waiting.retry import Retry
from columncast.feed.live import check, plan, upload, verify
from columncast.feed.live.advice import CURES, HOSTS, advice, host_of

SERVERS = verify.Servers(client=Client(timeout_s=20), retry=Retry(sleep=lambda _: None))


def published(tmp_path, url, weeks=2, more="", **destination):
    show = BuiltShow(tmp_path / "show", url, more)
    for week in range(1, weeks + 1):
        show.add(week)
    to = Destination(**({"kind": "folder", "path": "../www"} | destination))
    store = open_storage(to, show.root)
    upload.go_live(
        show.folder, store, plan.plan(show.folder, to, store, name="main"), servers=SERVERS
    )
    store.close()
    return show


def codes(findings):
    return {finding.code for finding in findings}


def test_a_server_set_up_as_the_docs_say_has_only_https_to_find(tmp_path, nginx):
    show = published(tmp_path, nginx.url)

    findings = check.check_live(show.folder, servers=SERVERS)

    assert {"not-https"} == codes(findings)  # this is loopback
    assert all(finding.severity == "warning" for finding in findings)


def test_an_unprepared_nginx_is_told_what_to_change(tmp_path, part):
    program = part("nginx", "/usr/sbin/nginx")
    bare = "types { text/html html; text/xml xml; image/jpeg jpg; audio/mpeg mp3; }"
    with nginx_over(program, tmp_path / "www", types=bare, more="etag off; max_ranges 0;") as www:
        show = published(tmp_path, www.url, verify=False)

        findings = check.check_live(show.folder, servers=SERVERS)

    assert {"range-ignored", "type-wrong", "no-cors", "audio-not-kept", "not-https"} == codes(
        findings
    )
    (audio,) = [f for f in findings if f.code == "range-ignored" and "week-2" in f.where]
    assert ("error", "nginx") == (audio.severity, audio.cure.host)
    assert "max_ranges" in audio.cure.what
    assert "podcasters.apple.com" in audio.source
    (vtt,) = [f for f in findings if f.code == "type-wrong" and "week-2" in f.where]
    assert "text/vtt vtt" in vtt.cure.what
    assert set(HOSTS.values()) < {*dict(vtt.cure.by_host), "other"} | {"R2", "GitHub Pages"}


def test_what_an_article_fetches_has_to_be_open_to_it_and_fresh(tmp_path, part):
    program = part("nginx", "/usr/sbin/nginx")
    keeps = "expires 30d;"
    with nginx_over(program, tmp_path / "www", more=keeps) as www:
        show = published(tmp_path, www.url, verify=False)
        keys = {"feed/listen.js", "feed/week-2/listen.json", "feed/week-2/sentences-1a2b3c4d.json"}
        for key in keys:
            show.write(key, b"{}")
        unpublished = check.check_live(show.folder, servers=SERVERS)
        for key in keys:
            (www.root / key).write_bytes(b"{}")

        findings = check.check_live(show.folder, servers=SERVERS)

    def where(code):
        return {f.where.removeprefix(www.url) for f in findings if f.code == code}

    assert keys == where("article-no-cors")
    assert {key for key in keys if "1a2b3c4d" not in key} == where("article-kept-long")
    assert not {"article-no-cors", "article-kept-long"} & codes(unpublished)


STRICT = "add_header Content-Security-Policy \"default-src 'self'; frame-ancestors"
PASSED_OVER = "add_header X-Frame-Options DENY;"


@pytest.mark.parametrize(
    ("sends", "forbids"),
    [
        ("add_header X-Frame-Options SameOrigin;", "x-frame-options SameOrigin"),
        (f"{STRICT} 'self'\";", "frame-ancestors 'self'"),
        (f"{STRICT} *\"; {STRICT} 'none'\";", "frame-ancestors 'none'"),
        (f'{STRICT} *"; {PASSED_OVER}', ""),
        ("add_header X-Frame-Options ALLOWALL;", ""),
        ("add_header Content-Security-Policy \"default-src 'self'\";", ""),
    ],
)
def test_a_host_that_keeps_the_player_out_of_frames_is_found(tmp_path, part, sends, forbids):
    program = part("nginx", "/usr/sbin/nginx")
    with nginx_over(program, tmp_path / "www", more=sends) as www:
        show = published(tmp_path, www.url, verify=False)
        for key in ("feed/week-1/embed", "feed/week-2/embed", "feed"):
            name = "latest.html" if key == "feed" else "index.html"
            show.write(f"{key}/{name}", b"<p>")
            (www.root / key).mkdir(exist_ok=True)
            (www.root / key / name).write_bytes(b"<p>")

        findings = check.check_live(show.folder, servers=SERVERS)

    found = {f.where.removeprefix(www.url): f for f in findings if f.code == "frame-forbidden"}
    assert found.keys() == ({"feed/week-2/embed/", "feed/latest.html"} if forbids else set())
    assert all(f"({forbids})" in one.message for one in found.values())
    assert all("send no X-Frame-Options" in one.cure.what for one in found.values())


def test_an_unpublished_show_is_told_where_to_look(tmp_path, nginx):
    show = BuiltShow(tmp_path / "show", nginx.url)
    show.add(1)

    findings = check.check_live(show.folder, servers=SERVERS)

    assert {"absent", "not-https"} == codes(findings)


def test_no_server_at_all_is_a_finding(tmp_path):
    show = BuiltShow(tmp_path / "show", "http://127.0.0.1:9/")
    show.add(1)

    (finding,) = check.check_live(show.folder, servers=SERVERS)

    assert ("no-answer", "error") == (finding.code, finding.severity)


def test_a_feed_that_is_not_the_one_here_is_found(tmp_path, nginx):
    show = published(tmp_path, nginx.url)
    show.add(3)

    assert "feed-differs" in codes(check.check_live(show.folder, servers=SERVERS))


def test_a_missing_episode_is_found(tmp_path, nginx):
    show = published(tmp_path, nginx.url)
    (nginx.root / show.episodes[0].enclosure.path).unlink()

    (finding,) = [f for f in check.check_live(show.folder, servers=SERVERS) if f.code == "absent"]

    assert show.episodes[0].enclosure.url == finding.where


def test_the_newest_and_a_sample_of_the_rest_are_asked_for(tmp_path, nginx):
    show = published(tmp_path, nginx.url, weeks=12)
    for file in (nginx.root / "audio").iterdir():
        file.unlink()

    findings = check.check_live(show.folder, servers=SERVERS, newest=3, sample=4)

    missing = {f.where for f in findings if f.code == "absent"}
    assert 7 == len(missing)
    newest = sorted(show.episodes, key=lambda e: e.published)[-3:]
    assert {e.enclosure.url for e in newest} <= missing


def test_a_store_shows_what_a_bucket_lacks(tmp_path, s3_server, bucket):
    show = published(
        tmp_path,
        f"{s3_server}/{bucket}/",
        kind="s3",
        path="",
        bucket=bucket,
        endpoint_url=s3_server,
    )

    findings = check.check_live(show.folder, servers=SERVERS)

    assert codes(findings) <= {"not-https", "no-304", "no-cors"}


def test_a_redirect_is_told_with_where_it_leads(tmp_path, nginx, part):
    moved = f"return 301 {nginx.url[:-1]}$request_uri;"
    with nginx_over(part("nginx", "/usr/sbin/nginx"), tmp_path / "old", more=moved) as old:
        show = published(tmp_path, old.url, verify=False)

        findings = check.check_live(show.folder, servers=SERVERS)

    (finding,) = [f for f in findings if f.code == "redirected" and f.where.endswith("feed.xml")]
    assert f"redirects to {nginx.url}feed/feed.xml" == finding.message


# Certificates


@pytest.fixture
def https(tmp_path, monkeypatch):
    """Start a server with a certificate that ends in so many days; return its address."""
    running = []

    def start(days: int, *, trusted: bool = True) -> str:
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
        now = datetime.now(UTC)
        names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
        certificate = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(name)
            .public_key(key.public_key())
            .serial_number(7)
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=days, hours=1))
            .add_extension(names, critical=False)
            .sign(key, hashes.SHA256())
        )
        pem = tmp_path / "cert.pem"
        pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        secret = tmp_path / "key.pem"
        form = serialization.PrivateFormat.PKCS8
        none = serialization.NoEncryption()
        secret.write_bytes(key.private_bytes(serialization.Encoding.PEM, form, none))
        if trusted:
            monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem, secret)

        class Nothing(BaseHTTPRequestHandler):
            def do_GET(self):
                self.send_error(404)

            def log_message(self, *_):
                pass

        server: Any = ThreadingHTTPServer(("localhost", 0), Nothing)
        server.handle_error = lambda *_: None
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        running.append((server, thread))
        return f"https://localhost:{server.server_port}/"

    yield start
    for server, thread in running:
        server.shutdown()
        server.server_close()
        thread.join()


def check_at(tmp_path, url):
    show = BuiltShow(tmp_path / "show", url)
    show.add(1)
    servers = verify.Servers(client=Client(timeout_s=20), retry=Retry(sleep=lambda _: None))
    return check.check_live(show.folder, servers=servers)


def test_a_certificate_that_ends_soon_is_told(https, tmp_path):
    (finding,) = [f for f in check_at(tmp_path, https(5)) if f.code == "certificate-ends"]

    assert "the certificate of localhost ends in 5 days" == finding.message


def test_a_certificate_with_time_left_is_nothing_to_tell(https, tmp_path):
    assert {"absent"} == codes(check_at(tmp_path, https(60)))


def test_a_certificate_that_nobody_trusts_is_an_error(https, tmp_path):
    (finding,) = check_at(tmp_path, https(60, trusted=False))

    assert "no-answer" == finding.code
    assert "the certificate is not trusted" in finding.message


# Hosts


@pytest.mark.parametrize(
    ("headers", "url", "host"),
    [
        ({"server": "AmazonS3"}, "https://b.s3.amazonaws.com/x", "s3"),
        ({"server": "cloudflare"}, "https://pub-1.r2.dev/x", "r2"),
        (
            {"server": "cloudflare", "x-github-request-id": "1"},
            "https://a.example/x",
            "github-pages",
        ),
        ({"server": "cloudflare"}, "https://a.example/x", "cloudflare"),
        ({"server": "nginx/1.22.1"}, "https://a.example/x", "nginx"),
        ({"server": "Apache/2.4"}, "https://a.example/x", "apache"),
        ({"server": "Netlify"}, "https://a.example/x", "netlify"),
        ({}, "https://a.example/x", ""),
    ],
)
def test_a_host_is_known_by_its_answers(headers, url, host):
    assert host == host_of(Answer(url=url, status=200, headers=headers, content=b""))


@pytest.mark.parametrize("code", CURES)
def test_every_finding_has_a_cure_for_any_host(code):
    unknown = Answer(url="https://a.example/", status=200, headers={}, content=b"")

    assert advice(code, unknown)
    assert set(CURES[code]) <= {"", *HOSTS}
