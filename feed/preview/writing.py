"""What changes something: saves, uploads and buttons, as the page asks for them.

Each needs the token of the session besides the cookie (see `server.OnlyThisBrowser`), so that no
form of another page, and no other program on this machine, builds or publishes anything.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from http import HTTPStatus
from pathlib import Path
from typing import Any, cast, get_args
from urllib.parse import parse_qs, unquote

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from columncast.episodes.disk import files
from columncast.episodes.errors import (
    BusyError,
    ColumncastError,
    ConflictError,
    CoverError,
    InputError,
    UsageError,
)
from columncast.episodes.model.media_types import WAV
from columncast.episodes.show.folder import ShowFolder
from columncast.feed.preview import column_file, former
from columncast.feed.preview.actions import Actions
from columncast.feed.preview.cutting import Choice, decide
from columncast.feed.preview.edits import decide_on_warning, save
from columncast.feed.preview.form import number_in
from columncast.feed.preview.operations import Operations
from columncast.feed.preview.tasks import Bench, Task
from columncast.feed.preview.uploads import Uploads

FORM_LIMIT = 500_000
"""Bytes; the form of an episode with a thousand chapters has two hundred thousand."""
FIELDS_LIMIT = 20_000
"""Of the same form."""
BASIS_HEADER = "x-columncast-basis"
"""With the hash of the file that was saved."""
COLUMN_LIMIT = 4_000_000
"""Bytes of JSON; a column of text is at most a megabyte, and each letter may be escaped."""


class Writing:
    """What an editor can change; plain functions run in threads, so none holds up others."""

    def __init__(self, root: Path, operations: Operations, done: Callable[[str], None]) -> None:
        """Take the show's folder, what the buttons call, and whom to tell of an episode that is *done*."""
        self.root = root
        self.bench = Bench(done)
        self.actions = Actions(root, operations, self.bench)
        self.uploads = Uploads(root)
        self.uploads.clear()

    def routes(self) -> list[Route]:
        """All addresses that change something, and those that tell of it."""
        episode = "/episodes/{slug}"
        return [
            Route(f"{episode}/facts", self.facts, methods=["POST"]),
            Route(f"{episode}/column", self.column),
            Route(f"{episode}/column", self.save_column, methods=["POST"]),
            Route(f"{episode}/undo", self.undo, methods=["POST"]),
            Route(f"{episode}/warnings", self.warnings, methods=["POST"]),
            Route(f"{episode}/do/{{action}}", self.do, methods=["POST"]),
            Route(f"{episode}/cuts", self.cuts, methods=["POST"]),
            Route(f"{episode}/cuts/{{start}}-{{end}}.wav", self.hear),
            Route("/upload/{kind}", self.upload, methods=["POST"]),
            Route("/add", self.add, methods=["POST"]),
            Route("/task", self.task),
        ]

    async def facts(self, request: Request) -> Response:
        """Save the fields of the form."""
        form = await form_of(request, FORM_LIMIT)
        slug = _slug(request)
        answer = await run_in_threadpool(answered, lambda: self._save(slug, form))
        return self._with_basis(answer, lambda: ShowFolder(self.root).episode(slug).facts_file)

    def _save(self, slug: str, form: Mapping[str, Sequence[str]]) -> dict[str, Any]:
        called = form.get("cover-upload", [""])[0]
        cover = self.uploads.find(called) if called else None
        try:
            changed = save(self.root, slug, form, basis=form.get("basis", [""])[0], cover=cover)
        except CoverError as e:
            raise CoverError(e.message, where=cover.name if cover else e.where) from e
        if called:
            self.uploads.drop(called)
        return {"changed": changed}

    def _with_basis(self, answer: Response, path: Callable[[], Path]) -> Response:
        """Say which state of the file the next save is based on: the one just written."""
        if answer.status_code == HTTPStatus.OK:
            with suppress(ColumncastError, OSError):
                answer.headers[BASIS_HEADER] = files.sha256(path())
        return answer

    def column(self, request: Request) -> Response:
        """Open the column's file."""

        def read() -> dict[str, Any]:
            text, basis = column_file.read(ShowFolder(self.root).episode(_slug(request)))
            return {"text": text, "basis": basis}

        return answered(read)

    async def save_column(self, request: Request) -> Response:
        """Save the column's file."""
        said = await _json(request, COLUMN_LIMIT)

        def write() -> dict[str, Any]:
            text, basis = said.get("text"), said.get("basis")
            if not (isinstance(text, str) and isinstance(basis, str)):
                raise UsageError("the page sent no text; nothing was saved")
            if not _is_whole(text):
                raise UsageError("the text holds half of a character; nothing was saved")
            changed = column_file.save(self.root, _slug(request), text, basis=basis)
            return {"changed": ["column"] if changed else []}

        slug = _slug(request)
        answer = await run_in_threadpool(answered, write)
        return self._with_basis(answer, lambda: ShowFolder(self.root).episode(slug).column)

    def undo(self, request: Request) -> Response:
        """Undo the last save."""
        slug = _slug(request)
        folder = ShowFolder(self.root)

        def bring_back() -> dict[str, Any]:
            folder.episode(slug)
            return {"undone": former.undo(folder, slug)}

        return answered(bring_back)

    async def warnings(self, request: Request) -> Response:
        """Let a warning be, for a reason; or take that back."""
        form = await form_of(request, FORM_LIMIT)

        def decide() -> dict[str, Any]:
            mark, reason = (form.get(name, [""])[0] for name in ("mark", "reason"))
            back = form.get("back", [""])[0] == "1"
            decide_on_warning(self.root, _slug(request), mark, reason=reason, back=back)
            return {"changed": ["accepted"]}

        return await run_in_threadpool(answered, decide)

    async def cuts(self, request: Request) -> Response:
        """Decide about a cut."""
        form = await form_of(request, FORM_LIMIT)

        def write() -> dict[str, Any]:
            start, end, choice = (form.get(name, [""])[0] for name in ("start", "end", "choice"))
            if choice not in get_args(Choice):
                raise UsageError("the page named no choice; nothing was changed")
            between = _cut_named(start, end)
            cut = decide(self.root, _slug(request), *between, cast("Choice", choice))
            return {"changed": ["cut"], "cut": cut.as_json()}

        return await run_in_threadpool(answered, write)

    def hear(self, request: Request) -> Response:
        """Play what is around a cut."""
        made = request.query_params.get("made") == "1"
        try:
            between = _cut_named(request.path_params["start"], request.path_params["end"])
            with files.in_one_line():
                sound = self.actions.hear_cut(_slug(request), *between, made=made)
        except ColumncastError as e:
            return _refused(e)
        return Response(sound, media_type=WAV.mime, headers={"cache-control": "no-store"})

    async def do(self, request: Request) -> Response:
        """Do what a button says."""
        form = await form_of(request, FORM_LIMIT)
        action, slug = request.path_params["action"], _slug(request)

        def begin() -> dict[str, Any]:
            match action:
                case "build":
                    task = self.actions.build(slug)
                case "schedule":
                    task = self.actions.schedule(slug, form.get("date", [""])[0])
                case "rehearse":
                    task = self.actions.rehearse(slug)
                case "publish":
                    task = self.actions.publish(slug, form.get("basis", [""])[0])
                case "withdraw":
                    task = self.actions.withdraw(slug)
                case "find-cuts":
                    task = self.actions.find_cuts(slug)
                case "bring-back":
                    task = self.actions.bring_back(slug)
                case _:
                    raise UsageError(f"{action!r} is nothing that the page does")
            return task.as_json()

        return await run_in_threadpool(answered, begin)

    async def upload(self, request: Request) -> Response:
        """Take a file."""
        name = unquote(request.headers.get("x-columncast-name", ""))[:200]
        try:
            called = await self.uploads.take(request.path_params["kind"], name, request.stream())
        except ColumncastError as e:
            return _refused(e)
        except ClientDisconnect:
            return Response(status_code=400)
        return JSONResponse({"called": called})

    async def add(self, request: Request) -> Response:
        """Make an episode of what was uploaded."""
        form = await form_of(request, FORM_LIMIT)

        def begin() -> dict[str, Any]:
            said = {name: form.get(name, [""])[0] for name in ("recording", "column", "date")}
            recording, column = self.uploads.together(said["recording"], said["column"])
            draft = form.get("draft", [""])[0] == "1"
            task = self.actions.add(recording, column, date=said["date"], draft=draft)
            return task.as_json()

        return await run_in_threadpool(answered, begin)

    def task(self, _: Request) -> Response:
        """How far the work is."""
        task: Task | None = self.bench.task
        return JSONResponse(task.as_json() if task else {})


def _slug(request: Request) -> str:
    slug: str = request.path_params["slug"]
    return slug


def _cut_named(start: str, end: str) -> tuple[int, int]:
    """Return the milliseconds between which a cut lies.

    Raises:
        UsageError: They are no numbers.
    """
    start_ms, end_ms = number_in(start), number_in(end)
    if start_ms is None or end_ms is None:
        raise UsageError("the page named no cut; nothing was changed")
    return start_ms, end_ms


def answered(act: Callable[[], dict[str, Any]]) -> Response:
    """Do what *act* does, and say what came of it, or why nothing did."""
    try:
        with files.in_one_line():
            return JSONResponse(act())
    except ColumncastError as e:
        return _refused(e)


def _refused(error: ColumncastError) -> Response:
    """Say why something was not done, in the words of the command."""
    said = {"error": str(error)}
    if isinstance(error, ConflictError):
        return JSONResponse({**said, "conflict": True}, status_code=409)
    usage = isinstance(error, UsageError | InputError)
    status = 503 if isinstance(error, BusyError) or not usage else 422
    return JSONResponse(said, status_code=status)


def _is_whole(text: str) -> bool:
    """Whether *text* holds whole characters only: JSON can name one half of a pair (RFC 8259, 8.2)."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


async def form_of(request: Request, limit: int) -> dict[str, list[str]]:
    """Return the fields that were sent, in at most *limit* bytes."""
    body = (await _limited(request, limit)).decode("utf-8", "replace")
    try:
        return parse_qs(body, keep_blank_values=True, max_num_fields=FIELDS_LIMIT)
    except ValueError as e:
        raise TooLargeError from e


async def _json(request: Request, limit: int) -> dict[str, Any]:
    body = await _limited(request, limit)
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return said if isinstance(said, dict) else {}


class TooLargeError(Exception):
    """More was sent than a form has."""


async def _limited(request: Request, limit: int) -> bytes:
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise TooLargeError
    return bytes(body)


async def too_large(_request: Request, _error: Exception) -> Response:
    """Answer what was too large to be read."""
    return JSONResponse({"error": "the form is too large; nothing was saved"}, status_code=413)
