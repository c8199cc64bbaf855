"""The one door to Jinja2: templates that escape by default and cannot reach out of themselves."""

from __future__ import annotations

from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Any

from jinja2 import (
    BytecodeCache,
    FileSystemBytecodeCache,
    FunctionLoader,
    StrictUndefined,
    Template,
    TemplateError,
)
from jinja2.bccache import Bucket
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup

from columncast.episodes.errors import SettingsError

_TEXTS: dict[str, str] = {}
"""Templates by their names, which are hashes: the cache of compiled ones knows nothing else."""


class _Compiled(FileSystemBytecodeCache):
    """Compiled templates in the user's own temporary folder: compiling takes longer than filling."""

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep *bucket* if that can be done; the next command compiles again if not."""
        with suppress(OSError):
            super().dump_bytecode(bucket)


def _compiled_before() -> BytecodeCache | None:
    # Never in the show's folder, which may come from somebody else: what lies there would be run.
    with suppress(OSError, RuntimeError):  # there is no such folder that only this user can write
        return _Compiled(pattern="columncast-%s.cache")
    return None


_ENVIRONMENT = ImmutableSandboxedEnvironment(
    autoescape=True,
    undefined=StrictUndefined,  # a misspelt name is told, not printed as nothing
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=False,
    loader=FunctionLoader(_TEXTS.get),
    bytecode_cache=_compiled_before(),
)


_WRONG = (
    TemplateError,
    ArithmeticError,
    AttributeError,
    LookupError,
    RecursionError,
    TypeError,
    ValueError,
)
"""What a template can raise that was written by somebody else, as `{{ 1 / 0 }}` does."""


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
    except _WRONG as e:
        line = getattr(e, "lineno", None)
        place = f"{where} line {line}" if line else where
        raise SettingsError(f"the template cannot be filled: {e}", where=place) from e


@cache
def _compiled(template: str) -> Template:
    name = f"columncast {sha256(template.encode()).hexdigest()}"
    _TEXTS[name] = template
    return _ENVIRONMENT.get_template(name)
