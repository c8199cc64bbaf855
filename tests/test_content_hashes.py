"""Hashes of files are worked out once, and those of files that are gone are not kept for ever."""

import json

from columncast.episodes.disk.hashes import Hashes


def known(cache) -> set[str]:
    return {name.rpartition("/")[2] for name in json.loads(cache.read_bytes())}


def hashed(cache, *paths) -> None:
    hashes = Hashes(cache)
    for path in paths:
        hashes.of(path)
    hashes.save()


def test_what_was_not_asked_for_is_still_known(tmp_path):
    cache, one, two = (tmp_path / name for name in ("hashes.json", "one", "two"))
    one.write_bytes(b"1")
    two.write_bytes(b"2")

    hashed(cache, one)
    hashed(cache, two)

    assert {"one", "two"} == known(cache)


def test_files_that_are_gone_are_never_more_than_half_of_what_is_known(tmp_path):
    cache = tmp_path / "hashes.json"
    for number in range(100):
        path = tmp_path / f"take-{number}"
        path.write_bytes(b"sound")
        hashed(cache, path)
        path.unlink()

    stays = [tmp_path / f"stays-{number}" for number in range(40)]
    for path in stays:
        path.write_bytes(b"sound")
    hashed(cache, *stays)

    assert {path.name for path in stays} <= known(cache)
    assert len(known(cache)) <= 2 * len(stays)
