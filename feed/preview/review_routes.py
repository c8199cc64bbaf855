"""What an editor does with reviews on the page: a remark is marked as done, the episode approved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from columncast.episodes.errors import UsageError
from columncast.episodes.model.review import Content
from columncast.episodes.remarks import book
from columncast.episodes.remarks.approval import approve
from columncast.episodes.show.folder import ShowFolder
from columncast.feed.preview.form import number_in
from columncast.feed.preview.writing import answered, form_of

_FORM_LIMIT = 10_000


class Reviewing:
    """What an editor does with reviews."""

    def __init__(self, root: Path) -> None:
        """Take the show's folder."""
        self.root = root

    def routes(self) -> list[Route]:
        """The addresses that change something of a review."""
        reviews = "/episodes/{slug}/reviews"
        return [
            Route(f"{reviews}/mark", self.mark, methods=["POST"]),
            Route(f"{reviews}/approve", self.approve, methods=["POST"]),
        ]

    async def mark(self, request: Request) -> Response:
        """Note that somebody has seen to a remark, or that it is open again."""
        form = await form_of(request, _FORM_LIMIT)

        def write() -> dict[str, Any]:
            folder, number = ShowFolder(self.root), number_in(_only(form, "remark"))
            if number is None:
                raise UsageError("the page named no remark; nothing was changed")
            with folder.locked():
                episode_dir = folder.episode(request.path_params["slug"])
                done = _only(form, "done") == "1"
                book.mark(episode_dir, _only(form, "review"), number, done=done)
            return {"done": done}

        return await run_in_threadpool(answered, write)

    async def approve(self, request: Request) -> Response:
        """Approve the episode as the page showed it."""
        form = await form_of(request, _FORM_LIMIT)

        def write() -> dict[str, Any]:
            basis = Content(**{name: _only(form, name) for name in ("words", "recording", "edits")})
            slug, name = request.path_params["slug"], _only(form, "name")
            return approve(ShowFolder(self.root), slug, name, basis).as_json()

        return await run_in_threadpool(answered, write)


def _only(form: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(form.get(name, ())), "")
