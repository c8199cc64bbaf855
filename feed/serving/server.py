"""The public folder over HTTP, as a podcast host would serve it: for trying it in an app.

Apple asks for HEAD and for byte ranges with 206 (podcasters.apple.com/support/823); apps ask with
ETag or Last-Modified whether a feed changed; web players need CORS for transcripts and chapters.
Only `audio/` and `feed/` can be reached, and with `[site] root` the pages for the base address. This is the one place where starlette is used.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from pathlib import Path, PurePath

from starlette.applications import Starlette
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, PlainTextResponse, RedirectResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import NotModifiedResponse, PathLike, StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from columncast.episodes.disk.files import leads_out
from columncast.episodes.errors import OutsideError
from columncast.episodes.model.media_types import HTML, RSS
from columncast.feed.serving import loopback
from columncast.feed.serving.headers import SITEMAP, cache_control, content_type, frames

RANGE = re.compile(rb"bytes=\s*(\d+-\d*|-\d+)(\s*,\s*(\d+-\d*|-\d+))*\s*$")

CORS = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "GET, HEAD, OPTIONS",
    "access-control-allow-headers": "Range, If-None-Match, If-Modified-Since, If-Range",
    "access-control-expose-headers": "Accept-Ranges, Content-Length, Content-Range, ETag",
}


def serve(
    folder: Path,
    *,
    port: int,
    ready: Callable[[str], None],
    root: bool = False,
    told: Callable[[str], None] | None = None,
    host: str = loopback.LOOPBACK,
) -> None:
    """Serve `audio/` and `feed/` of the show's *folder* until Ctrl-C.

    With *root* the pages in `site/` stand at the address itself, and for addresses without a page.
    *ready* gets the address once requests are answered; *told* gets a line for each file that an
    app takes.

    Raises:
        OutsideError: `feed/` is a link that leads out of the show.
        UsageError: The port is taken, or not ours to use.
    """
    if leads_out(folder, folder / "feed"):
        raise OutsideError("is a link that leads out of the show; put a folder there", where="feed")
    loopback.run(public(folder, told or _quiet, root=root), port=port, ready=ready, host=host)


def public(folder: Path, told: Callable[[str], None], *, root: bool = False) -> ASGIApp:
    """Return the ASGI application that `serve` runs."""
    site = PublicFiles(folder / "site", "site", told)

    async def home(request: Request) -> Response:
        if root:
            return await site.get_response("index.html", request.scope)
        return RedirectResponse("/feed/")

    def not_found(_: Request, error: Exception) -> Response:
        page = folder / "site" / "404.html"
        if root and page.is_file() and not leads_out(folder, page):
            return FileResponse(page, status_code=404)
        return PlainTextResponse(str(getattr(error, "detail", "")), status_code=404)

    parts = [
        Mount(f"/{part}", PublicFiles(folder / part, part, told)) for part in ("audio", "feed")
    ]
    return Starlette(
        routes=[Route("/", home), *parts],
        exception_handlers={404: not_found},
        middleware=[Middleware(AnswerEveryOrigin)],
    )


class PublicFiles(StaticFiles):
    """The files of one folder, with the types and the caching that podcast apps expect."""

    def __init__(self, directory: Path, part: str, told: Callable[[str], None]) -> None:
        """Take the folder, its name in the address, and who is told of requests."""
        super().__init__(directory=directory, html=True, check_dir=False)
        self.config_checked = True  # an empty show has no audio/ yet, which is no error
        self.folder = directory
        self.part = part
        self.told = told

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer for *path*, unless it is a file that is still being written, or no show's.

        starlette follows no link out of the folder; that the folder is one itself, it cannot know.
        """
        if self.part != "audio" and leads_out(self.folder.parent, self.folder):
            raise HTTPException(status_code=404)
        if any(piece.startswith(".") and piece != "." for piece in PurePath(path).parts):
            raise HTTPException(status_code=404)
        # A range in other words than RFC 9110's is to be ignored (14.2), not to be refused.
        scope["headers"] = [
            (key, value) for key, value in scope["headers"] if key != b"range" or RANGE.match(value)
        ]
        return await super().get_response(path, scope)

    def file_response(
        self,
        full_path: PathLike,
        stat_result: os.stat_result,
        scope: Scope,
        status_code: int = 200,
    ) -> Response:
        """Answer with the file, or with 304 when the client has it."""
        name = os.fspath(full_path)
        headers = Headers(scope=scope)
        kind = content_type(name)
        is_feed = kind == RSS.served and PurePath(name).name != SITEMAP
        if is_feed and HTML.mime not in headers.get("accept", ""):
            kind = RSS.mime  # a browser gets it as XML, and shows a page
        response = FileResponse(
            full_path,
            status_code=status_code,
            media_type=kind,
            headers={
                "cache-control": cache_control(name),
                "content-security-policy": frames(name),
                "vary": "Accept",
            },
            stat_result=stat_result,
        )
        unchanged = self.is_not_modified(response.headers, headers)
        self.told(_line(self.part, name, scope["method"], headers, unchanged=unchanged))
        return NotModifiedResponse(response.headers) if unchanged else response


class AnswerEveryOrigin:
    """Let web players of any site read, and answer their question whether they may."""

    def __init__(self, app: ASGIApp) -> None:
        """Take the application to stand before."""
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Add the headers to every answer."""

        async def open_to_all(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(CORS)
            await send(message)

        if scope["type"] == "http" and scope["method"] == "OPTIONS":
            await Response(status_code=204)(scope, receive, open_to_all)
        else:
            await self.app(scope, receive, open_to_all)


def _line(part: str, name: str, method: str, headers: Headers, *, unchanged: bool) -> str:
    """What a person wants to know of a request: which file, which part of it, which app."""
    app = headers.get("user-agent", "").split(" ", 1)[0] or "somebody"
    first = headers.get("range", "").removeprefix("bytes=").partition("-")[0]
    if unchanged:
        how = "unchanged for"
    elif method == "HEAD":
        how = "asked for by"
    else:
        how = f"taken from byte {first} by" if first not in ("", "0") else "taken by"
    shown = name.replace(os.sep, "/").rpartition(f"/{part}/")[2]
    return f"{part}/{shown} {how} {app}"


def _quiet(_: str) -> None:
    """Tell nobody."""
