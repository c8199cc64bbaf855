"""The preview over HTTP, for a browser on this machine and nobody else.

A page of another site must not read or change anything here: the Host must be this machine's (a
name that was turned to 127.0.0.1 is not), and what another site's page asks for is refused. Nor may
another program on this machine: reading and writing both need what only `Door` hands out.
"""

from __future__ import annotations

import asyncio
import contextlib
import hashlib
import json
import threading
from collections.abc import AsyncIterator, Callable
from urllib.parse import parse_qs

from starlette.applications import Starlette
from starlette.convertors import StringConvertor, register_url_convertor
from starlette.datastructures import URL, Headers, MutableHeaders
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from columncast.episodes.building.records import pictures_folder
from columncast.episodes.disk.file_names import plain_name
from columncast.episodes.errors import ColumncastError
from columncast.episodes.model.media_types import CSS, HTML, SCRIPT, TEXT
from columncast.episodes.model.picture import PUBLISHED
from columncast.episodes.show.folder import ShowFolder
from columncast.episodes.text.template import shipped
from columncast.feed.preview.access import PARAMETER, Door
from columncast.feed.preview.operations import Operations
from columncast.feed.preview.own import OwnPlaces
from columncast.feed.preview.pages import Desk
from columncast.feed.preview.review_routes import Reviewing
from columncast.feed.preview.scripts import PACKAGE, modules
from columncast.feed.preview.watch import EVERY
from columncast.feed.preview.writing import TooLargeError, Writing, too_large
from columncast.feed.serving.server import PublicFiles

SESSION_HEADER = "x-columncast-token"
"""The header with the token of the session: another origin can neither read nor, unasked, send it."""
HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})
ASSETS = {"preview.css": CSS.served, **dict.fromkeys(modules(), SCRIPT.served)}
HEARTBEAT_S = 15
"""Seconds between signs of life, by which a browser's dead connection is noticed."""

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "media-src 'self'; connect-src 'self'; frame-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
PUBLIC_POLICY = (
    "default-src 'none'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; media-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""For the public page in its frame: as it will be published, but nothing runs or comes from elsewhere."""


class _PictureName(StringConvertor):
    """The part of an address that names a column's picture."""

    regex = PUBLISHED.pattern


register_url_convertor("picture", _PictureName())


class Listeners:
    """The open pages; told from the watcher's thread, each waits in the server's loop."""

    def __init__(self) -> None:
        """Begin with nobody."""
        self._lock = threading.Lock()
        self._waiting: dict[asyncio.Queue[frozenset[str]], asyncio.AbstractEventLoop] = {}

    def tell(self, slugs: frozenset[str]) -> None:
        """Tell every open page that the previews of *slugs* may have changed."""
        with self._lock:
            for queue, loop in self._waiting.items():
                with contextlib.suppress(RuntimeError):  # the server is just ending
                    loop.call_soon_threadsafe(queue.put_nowait, slugs)

    async def changes(self) -> AsyncIterator[frozenset[str]]:
        """Yield what has changed, and an empty set when nothing has for a while."""
        queue: asyncio.Queue[frozenset[str]] = asyncio.Queue()
        with self._lock:
            self._waiting[queue] = asyncio.get_running_loop()
        try:
            yield frozenset({EVERY})  # whatever was saved before somebody listened
            while True:
                try:
                    found = await asyncio.wait_for(queue.get(), HEARTBEAT_S)
                except TimeoutError:
                    found = frozenset[str]()
                while not queue.empty():  # a slow page catches up at once
                    found |= queue.get_nowait()
                yield found
        finally:
            with self._lock:
                del self._waiting[queue]


def application(
    desk: Desk, listeners: Listeners, door: Door, operations: Operations | None = None
) -> Starlette:
    """Return the ASGI application that shows *desk* and tells *listeners*' news.

    It answers to whoever comes with a key of *door*. Without *operations* it can be read, and
    refuses to change anything.
    """
    pages = _Pages(desk, listeners, door)

    def done(slug: str) -> None:
        desk.ask_live()
        listeners.tell(frozenset({slug, EVERY}))

    writes = (
        [*Writing(desk.root, operations, done).routes(), *Reviewing(desk.root).routes()]
        if operations
        else []
    )
    return Starlette(
        routes=[
            Route("/", pages.index),
            Route("/episodes/{slug}/", pages.episode),
            *writes,
            Route("/episodes/{slug}/live", pages.live, methods=["POST"]),
            Route("/token", pages.token),
            Route("/public/feed/{slug}/", pages.public),
            Route("/public/feed/{slug}/embed/", pages.embed),
            Route("/public/feed/{slug}/newsletter/", pages.newsletter),
            Route("/public/feed/{slug}/{name:picture}", pages.picture),
            Mount("/public/audio", PublicFiles(desk.root / "audio", "audio", _quiet)),
            Mount("/public/feed", PublicFiles(desk.root / "feed", "feed", _quiet)),
            Route("/cover", pages.cover),
            Route("/assets/{name}", pages.asset),
            Route("/events", pages.events),
        ],
        middleware=[Middleware(OnlyThisBrowser, door=door, read_only=operations is None)],
        exception_handlers={TooLargeError: too_large},
    )


class _Pages:
    """What is answered at each address; plain functions run in threads, so none holds up others."""

    def __init__(self, desk: Desk, listeners: Listeners, door: Door) -> None:
        self.door = door
        self.desk = desk
        self.listeners = listeners

    def index(self, request: Request) -> Response:
        return _page(request, self.desk.index().html)

    def episode(self, request: Request) -> Response:
        slug = request.path_params["slug"]
        try:
            return _page(request, self.desk.episode(slug).html)
        except ColumncastError as e:
            return _page(request, self.desk.gone(str(e), slug).html, status=404)

    def public(self, request: Request) -> Response:
        return self._own(request, lambda own: own.page)

    def embed(self, request: Request) -> Response:
        return self._own(request, lambda own: own.embed)

    def newsletter(self, request: Request) -> Response:
        return self._own(request, lambda own: own.newsletter)

    def _own(self, request: Request, which: Callable[[OwnPlaces], str]) -> Response:
        """One of the show's own pages, for a frame."""
        try:
            own = self.desk.episode(request.path_params["slug"]).own
        except ColumncastError as e:
            return Response(str(e), status_code=404, media_type=TEXT.mime)
        return _page(request, which(own) if own else "", policy=PUBLIC_POLICY)

    def picture(self, request: Request) -> Response:
        """A picture of the column, which waits until the feed lists the episode."""
        slug, name = request.path_params["slug"], request.path_params["name"]
        if not plain_name(slug):
            return Response(status_code=404)
        path = pictures_folder(ShowFolder(self.desk.root), slug) / name
        return FileResponse(path) if path.is_file() else Response(status_code=404)

    def cover(self, _: Request) -> Response:
        try:
            path = ShowFolder(self.desk.root).cover
        except ColumncastError:
            return Response(status_code=404)
        return FileResponse(path) if path.is_file() else Response(status_code=404)

    def asset(self, request: Request) -> Response:
        name = request.path_params["name"]
        if name not in ASSETS:
            return Response(status_code=404)
        return _tagged(request, Response(shipped(PACKAGE, name), media_type=ASSETS[name]))

    def token(self, _: Request) -> Response:
        """What a page of ours sends along with all that changes something."""
        return JSONResponse({"token": self.door.token}, headers={"cache-control": "no-store"})

    def live(self, _: Request) -> Response:
        self.desk.ask_live()
        self.listeners.tell(frozenset({EVERY}))
        return JSONResponse({})

    async def events(self, _: Request) -> Response:
        return StreamingResponse(_events(self.listeners), media_type="text/event-stream")


class OnlyThisBrowser:
    """Refuses names that were rebound, pages of other sites, and whoever has no key."""

    def __init__(self, app: ASGIApp, door: Door, *, read_only: bool) -> None:
        """Take the application to stand before, the keys to it, and whether it is *read_only*."""
        self.app = app
        self.door = door
        self.read_only = read_only

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or say why not."""

        async def safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("content-security-policy", POLICY)
                headers.setdefault("cache-control", "no-cache")
                headers["referrer-policy"] = "no-referrer"
                headers["x-content-type-options"] = "nosniff"
                headers["cross-origin-resource-policy"] = "same-origin"
            await send(message)

        if scope["type"] != "http":  # there is nothing here but HTTP
            return
        answer = self._instead(Headers(scope=scope), scope) or self.app
        await answer(scope, receive, safely)

    def _instead(self, headers: Headers, scope: Scope) -> Response | None:
        """What is answered in place of the page; None where it may be seen."""
        if reason := _refusal(headers, scope):
            return Response(reason, status_code=403, media_type=TEXT.mime)
        asked = URL(scope=scope)
        key = parse_qs(asked.query).get(PARAMETER, [""])[0]
        if key and scope["method"] == "GET" and self.door.opens(key):
            # The page itself is asked for without the key.
            there = Response(status_code=303, headers={"location": _path(scope)})
            there.headers["set-cookie"] = self.door.cookie()
            there.headers["cache-control"] = "no-store"
            return there
        if self.door.knows(headers.get("cookie", "")):
            return self._unwritten(headers) if scope["method"] not in ("GET", "HEAD") else None
        return Response(shipped(PACKAGE, "locked.html"), status_code=403, media_type=HTML.served)

    def _unwritten(self, headers: Headers) -> Response | None:
        """What is answered to a request that would change something and may not."""
        if self.read_only:
            error = "this preview is read-only; nothing was changed"
        elif not self.door.may_write(headers.get(SESSION_HEADER, "")):
            error = "this page is of an earlier session; load it again; nothing was changed"
        else:
            return None
        return JSONResponse({"error": error}, status_code=403)


def _path(scope: Scope) -> str:
    """The path of a request as an address on this server, and never on another (`//host`)."""
    raw: bytes = scope.get("raw_path") or scope["path"].encode()
    return "/" + raw.decode("latin-1").partition("?")[0].lstrip("/\\")


def _refusal(headers: Headers, scope: Scope) -> str:
    """Why a request is not from a page of ours or from the address line; empty when it is."""
    host = headers.get("host", "")
    if host.rpartition(":")[0] not in HOSTS and host not in HOSTS:
        return "This preview answers to 127.0.0.1 and localhost only."
    origin = headers.get("origin")
    if origin is not None and origin != f"http://{host}":
        return "This preview answers to its own pages only."
    site, mode = headers.get("sec-fetch-site", "none"), headers.get("sec-fetch-mode", "")
    if site not in ("none", "same-origin") and mode != "navigate":
        return "This preview answers to its own pages only."
    # A browser names the origin of every POST; what does not is no page of ours.
    if scope["method"] not in ("GET", "HEAD") and origin is None:
        return "This preview answers to its own pages only."
    return ""


async def _events(listeners: Listeners) -> AsyncIterator[str]:
    """Server-sent events (html.spec.whatwg.org, 9.2): which previews to look at again."""
    yield "retry: 500\n\n"
    async for slugs in listeners.changes():
        yield f"data: {json.dumps(sorted(slugs))}\n\n" if slugs else ": still here\n\n"


def _page(request: Request, html: str, *, status: int = 200, policy: str = POLICY) -> Response:
    response = Response(html, status_code=status, media_type=HTML.served)
    response.headers["content-security-policy"] = policy
    return _tagged(request, response)


def _tagged(request: Request, response: Response) -> Response:
    """Send a page again only when it is another one."""
    tag = f'"{hashlib.sha256(bytes(response.body)).hexdigest()[:24]}"'
    response.headers["etag"] = tag
    if response.status_code == 200 and request.headers.get("if-none-match") == tag:
        # With its policy: a browser puts the headers of a 304 in the place of those it had.
        kept = ("etag", "content-security-policy")
        named = {name: response.headers[name] for name in kept if name in response.headers}
        return Response(status_code=304, headers=named)
    return response


def _quiet(_: str) -> None:
    """Tell nobody."""
