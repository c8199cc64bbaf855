"""Large files over a line that is not good: nothing is fetched twice, nothing is believed blindly."""

import pytest
from old_hosts import old_files, old_host  # noqa: F401 - fixtures

from columncast.episodes.download import download
from columncast.episodes.errors import RemoteError
from columncast.episodes.fetch import Client
from columncast.episodes.retry import Retry

PLACE = "/media/big.bin"
CONTENT = bytes(range(256)) * 4000


@pytest.fixture
def fetch(old_host, tmp_path):  # noqa: F811
    """Fetch the file of the old host to a path."""
    old_host.files[PLACE] = CONTENT

    def run(tries=3, url=PLACE, **how):
        path = tmp_path / "big.bin"
        patient = Retry(tries=tries, sleep=lambda _: None)
        download(Client(timeout_s=5), old_host.url + url, path, retry=patient, **how)
        return path

    return run


def spans_of(host):
    return [span for path, span in host.asked if path == PLACE]


def test_a_file_arrives_whole_and_leaves_nothing_beside_it(fetch, old_host):  # noqa: F811
    path = fetch()

    assert CONTENT == path.read_bytes()
    assert [path] == list(path.parent.iterdir())


def test_after_a_drop_only_the_rest_is_asked_for(fetch, old_host):  # noqa: F811
    old_host.drop_after[PLACE] = 300_000

    path = fetch()

    assert CONTENT == path.read_bytes()
    first, second = spans_of(old_host)
    assert "" == first
    assert int(second.removeprefix("bytes=").rstrip("-")) > 0


def test_a_run_that_was_killed_goes_on_where_it_was(fetch, old_host):  # noqa: F811
    old_host.drop_after[PLACE] = 600_000
    with pytest.raises(RemoteError):
        fetch(tries=1, progress=_killed_after(400_000))

    path = fetch()

    assert CONTENT == path.read_bytes()
    assert spans_of(old_host)[-1].startswith("bytes=")


def _killed_after(most):
    def progress(done, _whole):
        if done > most:
            raise RemoteError("killed")

    return progress


def test_another_file_at_the_same_address_is_fetched_from_its_beginning(fetch, old_host):  # noqa: F811
    with pytest.raises(RemoteError):
        fetch(tries=1, progress=_killed_after(400_000))
    old_host.files[PLACE] = CONTENT[::-1]

    path = fetch()

    assert CONTENT[::-1] == path.read_bytes()


def test_a_server_without_ranges_starts_over(fetch, old_host):  # noqa: F811
    old_host.no_ranges = True
    old_host.drop_after[PLACE] = 300_000

    path = fetch()

    assert CONTENT == path.read_bytes()


def test_redirects_are_followed(fetch, old_host):  # noqa: F811
    path = fetch(url="/count/redirect.mp3" + PLACE)

    assert CONTENT == path.read_bytes()


def test_what_is_not_there_is_told_at_once(fetch, old_host):  # noqa: F811
    with pytest.raises(RemoteError, match="404"):
        fetch(url="/nowhere.mp3")

    assert 1 == len([path for path, _ in old_host.asked if path == "/nowhere.mp3"])


def test_what_is_no_address_is_not_asked():
    with pytest.raises(RemoteError, match="not a URL"):
        download(Client(), "media/x.mp3", None, retry=Retry())


def test_progress_is_told_up_to_the_end(fetch):
    told = []

    fetch(progress=lambda done, whole: told.append((done, whole)))

    assert (len(CONTENT), len(CONTENT)) == told[-1]
