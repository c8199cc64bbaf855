"""Who may ask the preview: whoever was given the address that the command printed.

The address names a key. A browser that comes with it gets a cookie in its place, so that the key
is in no later request, no history of another page, and no bookmark. Other programs on this machine
can reach the port as well, and know neither. (Jupyter does it so: jupyter-server.readthedocs.io,
operators/security.)
"""

from __future__ import annotations

import secrets
import threading
from http.cookies import CookieError, SimpleCookie

PARAMETER = "key"
_COOKIE = "columncast-preview"


class Door:
    """The keys of one session; it may be asked from several threads."""

    def __init__(self) -> None:
        """Make them: 256 bits each, never written to disk."""
        self.key = secrets.token_urlsafe(32)
        """For the address that is printed."""
        self.key_for_once = secrets.token_urlsafe(32)
        """For the browser that is opened: its command line can be read by everybody here."""
        self._secret = secrets.token_urlsafe(32)
        self.token = secrets.token_urlsafe(32)
        """For every request that changes something: only a page of this session can read it."""
        self._used = False
        self._lock = threading.Lock()

    def opens(self, key: str) -> bool:
        """Whether *key* opens the preview; the one for once does so once."""
        opens = _same(key, self.key)
        with self._lock:
            once = _same(key, self.key_for_once) and not self._used
            self._used = self._used or once
        return opens or once

    def knows(self, cookies: str) -> bool:
        """Whether the header `Cookie` of a request holds the secret of this session."""
        found: SimpleCookie = SimpleCookie()
        try:
            found.load(cookies)
        except CookieError:
            return False
        name = next((name for name in found if name == _COOKIE), "")
        return bool(name) and _same(found[name].value, self._secret)

    def may_write(self, token: str) -> bool:
        """Whether *token* is the one of this session."""
        return _same(token, self.token)

    def cookie(self) -> str:
        """Return the header `Set-Cookie`: for this browser session, this server, and no script."""
        return f"{_COOKIE}={self._secret}; HttpOnly; SameSite=Strict; Path=/"


def _same(text: str, secret: str) -> bool:
    """Compare in a time that says nothing about where they differ."""
    return secrets.compare_digest(text.encode("utf-8", "replace"), secret.encode())
