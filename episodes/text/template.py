"""The one door to Jinja2: templates that escape by default and cannot reach out of themselves."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from columncast.episodes.errors import SettingsError

_ENVIRONMENT = ImmutableSandboxedEnvironment(
    autoescape=True,
    undefined=StrictUndefined,  # a misspelt name is told, not printed as nothing
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=False,
)


def safe(html: str) -> Markup:
    """Mark *html* that a renderer of ours made as not to be escaped again."""
    return Markup(html)  # noqa: S704 - made from a tree that cannot hold a script


def shipped(package: str, name: str) -> str:
    """Return the text of a template that lies in *package*, for example `columncast.episodes.notes`."""
    return (files(package) / "templates" / name).read_text(encoding="utf-8")


def render(template: str, *, where: str, **values: Any) -> str:
    """Return *template* (its text) filled with *values*.

    Raises:
        SettingsError: The template is wrong; *where* is the file that it came from.
    """
    try:
        return _compiled(template).render(values)
    except TemplateError as e:
        line = getattr(e, "lineno", None)
        place = f"{where} line {line}" if line else where
        raise SettingsError(f"the template cannot be filled: {e}", where=place) from e


@cache
def _compiled(template: str) -> Template:
    return _ENVIRONMENT.from_string(template)
