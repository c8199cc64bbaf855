"""S3-compatible stores: AWS, Cloudflare R2, Backblaze B2, MinIO. The door to boto3.

Credentials come from where AWS's own tools take them (environment, `~/.aws`, SSO, a role). Large
files go up in parts, several at once; a killed run's parts are found again and used.
"""

from __future__ import annotations

import base64
import logging
import re
import threading
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

from columncast.episodes.disk.files import FOREIGN_S
from columncast.episodes.errors import RemoteError, SettingsError
from columncast.episodes.format import how_to_install
from columncast.episodes.http.client import BUSY
from columncast.episodes.model import bounds
from columncast.episodes.model.asset_name import HASH
from columncast.episodes.show.settings import Destination
from columncast.episodes.storage.store import Content, Moved, Served, Stored, conflict, md5
from columncast.episodes.waiting.deadlines import within
from columncast.episodes.waiting.retry import TemporaryError

try:
    import boto3
    from botocore import exceptions
    from botocore import session as botocore_session
    from botocore.config import Config
    from botocore.parsers import ResponseParserError
except ImportError as e:
    raise SettingsError(f'kind = "s3" needs boto3; run: {how_to_install("boto3")}') from e

PART_BYTES = 8 << 20
"""Every part but the last is of one size, as R2 wants it; S3 takes 10,000 parts of 5 MiB or more."""
MOST_PARTS = 10_000
_OURS = re.compile(rf"(audio|feed)/.*-{HASH}\.\w+")
PARTS_AT_ONCE = 6
"""Of all files together, so that memory stays at this many parts whatever is sent."""

CREDENTIALS = "your usual AWS places: AWS_PROFILE, environment, ~/.aws (columncast help publish)"
REFUSALS = {
    "AccessDenied": f"access denied; the key needs List, Get, Put and Delete here ({CREDENTIALS})",
    "ExpiredToken": f"the credentials have expired; renew them in {CREDENTIALS}",
    "ExpiredTokenException": f"the credentials have expired; renew them in {CREDENTIALS}",
    "InvalidAccessKeyId": f"the access key is not known there; look at {CREDENTIALS}",
    "SignatureDoesNotMatch": f"the secret key is not the right one; look at {CREDENTIALS}",
    "Unauthorized": f"not let in; look at {CREDENTIALS}",
    "NoSuchBucket": "there is no such bucket",
    "RequestTimeTooSkewed": "this machine's clock is wrong; set it",
    "QuotaExceeded": "the store is full; free some space or raise the quota",
    "StorageFull": "the store is full; free some space or raise the quota",
    "XMinioStorageFull": "the store is full; free some space or raise the quota",
    "PermanentRedirect": "the bucket is in another region; set region",
    "AuthorizationHeaderMalformed": "the bucket is in another region; set region",
}
PASSING = frozenset(
    {
        "ConditionalRequestConflict",
        "InternalError",
        "RequestLimitExceeded",
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
        "Throttling",
        "ThrottlingException",
        "TooManyRequests",
    }
)
ANSWER_S = 120.0
"""For one answer of the store as a whole, however it drips; boto3 bounds only the next byte."""
PART_S = 900.0
"""For one part on its way: 8 MiB at 10 kB/s."""
logging.getLogger("botocore").setLevel(logging.WARNING)  # its debug log would hold signatures


class S3:
    """A bucket, or what is below a prefix of one."""

    at_once = 12

    def __init__(self, settings: Destination) -> None:
        """Open *settings*; nothing is asked of the store yet."""
        self.bucket, self.prefix = settings.bucket, settings.prefix
        self.label = f"s3://{self.bucket}/{self.prefix}"
        with self._explained(""):
            session = boto3.session.Session(
                profile_name=settings.profile or None, region_name=settings.region or None
            )
            self._s3: Any = session.client(
                "s3",
                endpoint_url=settings.endpoint_url or None,
                # Stores other than AWS need a region only to sign with; R2 calls its own so.
                region_name=session.region_name or ("auto" if settings.endpoint_url else None),
                config=Config(
                    # `Patient` tries again, the same way for every kind of store.
                    retries={"total_max_attempts": 1, "mode": "standard"},
                    connect_timeout=10,
                    read_timeout=60,
                    max_pool_connections=self.at_once + PARTS_AT_ONCE,
                    # The default since boto3 1.36, a checksum trailer, is refused by R2 and B2;
                    # Content-MD5 guards the bytes instead, and every store knows it.
                    request_checksum_calculation="when_required",
                    response_checksum_validation="when_required",
                ),
            )
        self._parts = ThreadPoolExecutor(PARTS_AT_ONCE, thread_name_prefix="part")
        self._closed = threading.Event()

    def find(self, prefix: str) -> Iterator[Stored]:
        """Every object below *prefix*."""
        with self._explained(prefix):
            pages = self._s3.get_paginator("list_objects_v2").paginate(
                Bucket=self.bucket, Prefix=self.prefix + prefix
            )
            listing = iter(pages)
            while page := within(ANSWER_S, lambda: next(listing, None)):
                for found in page.get("Contents", ()):
                    yield Stored(
                        key=found["Key"].removeprefix(self.prefix),
                        length_bytes=found["Size"],
                        modified=found["LastModified"].astimezone(UTC),
                        etag=found["ETag"].strip('"'),
                    )

    def get(self, key: str) -> Content | None:
        """A small object, or None."""
        try:
            with self._explained(key):
                found = within(ANSWER_S, lambda: self._s3.get_object(**self._at(key)))
                data = within(ANSWER_S, lambda: found["Body"].read(bounds.STORED_BYTES + 1))
                if len(data) > bounds.STORED_BYTES:
                    raise RemoteError("is larger than what belongs here", where=self.label + key)
                return Content(data=data, version=found["ETag"])
        except _AbsentError:
            return None

    def same(self, stored: Stored, path: Path) -> bool:
        """Whether the entity tag is the MD5 of *path*; it is not for parts or with KMS keys."""
        return stored.etag == md5(path.read_bytes()).hexdigest()

    def put(self, key: str, path: Path, served: Served, moved: Moved) -> None:
        """Store the file in one request, or a large one in parts."""
        length_bytes = path.stat().st_size
        if length_bytes > 2 * PART_BYTES:
            self._put_parts(key, path, length_bytes, served, moved)
            return
        data = path.read_bytes()
        with self._explained(key):
            within(
                PART_S,
                lambda: self._s3.put_object(**self._at(key), **_body(data), **_headers(served)),
            )
        moved(len(data))

    def put_if(self, key: str, data: bytes, served: Served, expected: str | None) -> None:
        """Store *data* by a conditional write, and compare first where the store ignores that."""
        there = self.get(key)
        if (there.version if there else None) != expected:
            raise conflict(key, self.label)
        condition = {"IfMatch": expected} if expected else {"IfNoneMatch": "*"}
        written = {**self._at(key), **_body(data), **_headers(served)}
        try:
            with self._explained(key):
                within(PART_S, lambda: self._s3.put_object(**written, **condition))
        except (_ChangedError, _AbsentError) as e:
            raise conflict(key, self.label) from e
        except _UnknownConditionError:
            with self._explained(key):
                within(PART_S, lambda: self._s3.put_object(**written))

    def delete(self, key: str) -> None:
        """Remove an object."""
        with self._explained(key):
            within(ANSWER_S, lambda: self._s3.delete_object(**self._at(key)))

    def sweep(self, keep: Collection[str]) -> None:
        """Give up uploads in parts that were begun over a day ago and never put together.

        Only of files that have a hash in their names, as ours do: a bucket may hold more than a
        show. Who may not list uploads, or not give them up, leaves that to the bucket's own rules.
        """
        pages = self._s3.get_paginator("list_multipart_uploads").paginate(
            Bucket=self.bucket, Prefix=self.prefix
        )
        with suppress(RemoteError), self._explained(""):
            begun = [upload for page in pages for upload in page.get("Uploads", ())]
            before = self.now() - timedelta(seconds=FOREIGN_S) if begun else None
            for upload in begun:
                key = upload["Key"].removeprefix(self.prefix)
                old = before is not None and upload["Initiated"] < before
                if old and key not in keep and _OURS.fullmatch(key):
                    self._s3.abort_multipart_upload(**self._at(key), UploadId=upload["UploadId"])

    def now(self) -> datetime:
        """The date of an answer."""
        with self._explained(""):
            where = {"Bucket": self.bucket, "Prefix": self.prefix}
            answer = within(ANSWER_S, lambda: self._s3.list_objects_v2(MaxKeys=1, **where))
        date = answer["ResponseMetadata"]["HTTPHeaders"].get("date", "")
        return parsedate_to_datetime(date).astimezone(UTC) if date else datetime.now(UTC)

    def close(self) -> None:
        """Stop sending parts and let go of connections."""
        self._closed.set()
        self._parts.shutdown(cancel_futures=True)
        self._s3.close()

    def _put_parts(
        self, key: str, path: Path, length_bytes: int, served: Served, moved: Moved
    ) -> None:
        size = PART_BYTES
        while size * MOST_PARTS < length_bytes:
            size *= 2
        with self._explained(key):
            upload, there = within(ANSWER_S, lambda: self._begun(key) or self._begin(key, served))

        with path.open("rb") as f:
            reading = threading.Lock()

            def send(number: int) -> dict[str, Any]:
                with reading:
                    f.seek((number - 1) * size)
                    data = f.read(size)
                tag = there.get(number, "")
                if not tag or tag != f'"{md5(data).hexdigest()}"':
                    if self._closed.is_set():
                        raise TemporaryError("the upload was stopped", where=self.label + key)
                    with self._explained(key):
                        part = {"UploadId": upload, "PartNumber": number, **_body(data)}
                        sent = within(PART_S, lambda: self._s3.upload_part(**self._at(key), **part))
                    tag = sent["ETag"]
                moved(len(data))
                return {"PartNumber": number, "ETag": tag}

            numbers = range(1, -(-length_bytes // size) + 1)
            futures = [self._parts.submit(send, number) for number in numbers]
            try:
                parts = [future.result() for future in futures]
            finally:
                for future in futures:
                    future.cancel()
                for future in futures:  # the file is read until the last of them has ended
                    if not future.cancelled():
                        future.exception()
        try:
            with self._explained(key):
                whole = {"UploadId": upload, "MultipartUpload": {"Parts": parts}}
                within(PART_S, lambda: self._s3.complete_multipart_upload(**self._at(key), **whole))
        except TemporaryError:
            # The parts may have been put together although the answer was lost on its way.
            tag = _whole_tag([part["ETag"] for part in parts])
            if not any(found.etag == tag for found in self.find(key)):
                raise

    def _begin(self, key: str, served: Served) -> tuple[str, dict[int, str]]:
        begun = self._s3.create_multipart_upload(**self._at(key), **_headers(served))
        return begun["UploadId"], {}

    def _begun(self, key: str) -> tuple[str, dict[int, str]] | None:
        """Return the upload that a killed run began, and the parts of it that are there."""
        full = self.prefix + key
        found = self._s3.list_multipart_uploads(Bucket=self.bucket, Prefix=full)
        uploads = [u for u in found.get("Uploads", ()) if u["Key"] == full]
        if not uploads:
            return None
        newest = max(uploads, key=lambda u: u["Initiated"])["UploadId"]
        pages = self._s3.get_paginator("list_parts").paginate(**self._at(key), UploadId=newest)
        parts = [part for page in pages for part in page.get("Parts", ())]
        return newest, {part["PartNumber"]: part["ETag"] for part in parts}

    def _at(self, key: str) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": self.prefix + key}

    @contextmanager
    def _explained(self, key: str) -> Iterator[None]:
        """Turn what boto3 raises into one line of ours."""
        where = self.label + key
        try:
            yield
        except exceptions.ClientError as e:
            raise _refused(e, where) from e
        except exceptions.ProfileNotFound as e:
            raise SettingsError(f"{e}; look at profile in show.toml", where=where) from e
        except (
            exceptions.NoCredentialsError,
            exceptions.PartialCredentialsError,
            exceptions.CredentialRetrievalError,
            exceptions.TokenRetrievalError,
            exceptions.SSOError,
        ) as e:
            raise RemoteError(f"no usable credentials in {CREDENTIALS}", where=where) from e
        except (
            exceptions.HTTPClientError,
            exceptions.IncompleteReadError,
            ResponseParserError,
            TimeoutError,
        ) as e:
            raise TemporaryError(f"no whole answer ({type(e).__name__})", where=where) from e
        except exceptions.BotoCoreError as e:
            raise RemoteError(str(e).strip().replace("\n", " "), where=where) from e


_ASKS_ELSEWHERE = frozenset({"iam-role", "container-role", "custom-process"})
"""Ways to credentials that ask a network or start a program."""


def lacks(settings: Destination) -> Iterator[str]:
    """Tell what is missing here to reach *settings*, without asking anybody."""
    try:
        session = botocore_session.Session(profile=settings.profile or None)
        ways = session.get_component("credential_provider").providers
        if any(way.load() for way in ways if way.METHOD not in _ASKS_ELSEWHERE):
            return
        yield f"no credentials in {CREDENTIALS}; a role of this machine is asked when you publish"
    except exceptions.BotoCoreError as e:
        yield str(e).strip().replace("\n", " ")


class _AbsentError(RemoteError):
    """There is no such object."""


class _ChangedError(RemoteError):
    """The condition of a write was not met."""


class _UnknownConditionError(RemoteError):
    """The store has no conditional writes, and says so."""


OUTCOMES: dict[str, tuple[type[RemoteError], str]] = {
    "NoSuchKey": (_AbsentError, "there is no such object"),
    "404": (_AbsentError, "there is no such object"),
    "PreconditionFailed": (_ChangedError, "was changed"),
    "412": (_ChangedError, "was changed"),
    "NotImplemented": (_UnknownConditionError, "has no conditional writes"),
    "501": (_UnknownConditionError, "has no conditional writes"),
    "NoSuchUpload": (TemporaryError, "the upload begun earlier is gone"),
    "BadDigest": (TemporaryError, "the bytes arrived damaged"),
    "InvalidDigest": (TemporaryError, "the bytes arrived damaged"),
}


def _body(data: bytes) -> dict[str, Any]:
    return {"Body": data, "ContentMD5": base64.b64encode(md5(data).digest()).decode()}


def _whole_tag(tags: list[str]) -> str:
    """Return the entity tag of an object put together from parts: the MD5 of their MD5s.

    >>> _whole_tag(['"d41d8cd98f00b204e9800998ecf8427e"'])
    '59adb24ef3cdbe0297f05b395827453f-1'
    """
    try:
        digests = b"".join(bytes.fromhex(tag.strip('"')) for tag in tags)
    except ValueError:
        return ""
    return f"{md5(digests).hexdigest()}-{len(tags)}"


def _headers(served: Served) -> dict[str, str]:
    return {"ContentType": served.content_type, "CacheControl": served.cache_control}


def _refused(error: Any, where: str) -> RemoteError:
    code = str(error.response.get("Error", {}).get("Code", ""))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if known := OUTCOMES.get(code):
        kind, message = known
        return kind(message, where=where)
    if code not in REFUSALS and (code in PASSING or status in BUSY):
        return TemporaryError(f"the store is busy ({code or status})", where=where)
    said = error.response.get("Error", {}).get("Message", "") or status
    return RemoteError(REFUSALS.get(code, f"refused: {code} {said}".strip()), where=where)
