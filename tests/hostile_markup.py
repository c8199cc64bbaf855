"""Notes that one parser takes for harmless and a browser runs, and ways to look at what came of them.

Each says `ran()` where it runs. Some run in any parser (they are the plainest); most need two that
differ: raw text, foreign content, comments, attributes without an end (mutation XSS).
"""

from __future__ import annotations

import http.server
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager

PAYLOADS = {
    "script": "<p>One.</p><script>ran()</script>",
    "script-in-capitals": "<ScRiPt\n>ran()</sCrIpT\t>",
    "script-that-never-ends": "<p>One.<script>ran()//",
    "image": '<img src="x" onerror="ran()">',
    "image-without-quotes": "<img src=x onerror=ran()>",
    "image-with-slashes": '<img/src="x"/onerror=ran()>',
    "image-that-never-ends": "<p>One.<img src=x onerror=ran() ",
    "attribute-that-never-ends": '<p title="One.<img src=x onerror=ran()>',
    "attribute-that-ends-twice": '<p title="One">"><img src=x onerror=ran()></p>',
    "attribute-with-a-backtick": "<img src=`x` onerror=ran()>",
    "noscript": '<noscript><p title="</noscript><img src=x onerror=ran()>"></noscript>',
    "noscript-closed": '<noscript><p title="</noscript><img src=x onerror=ran()>"></p></noscript>',
    "svg-onload": "<svg onload=ran()></svg>",
    "svg-style": "<svg><style><img src=x onerror=ran()></style></svg>",
    "svg-script": "<svg><script>ran()</script></svg>",
    "svg-script-with-entities": "<svg><script>&#114;an()</script></svg>",
    "svg-title": "<svg><title><img src=x onerror=ran()></title></svg>",
    "svg-desc": '<svg><desc><noscript><a title="</noscript><img src=x onerror=ran()>"></desc></svg>',
    "svg-foreign-object": "<svg><foreignObject><img src=x onerror=ran()></foreignObject></svg>",
    "svg-animate": "<svg><a><animate attributeName=href values=javascript:ran() /></a>"
    "<image href=x onerror=ran()></svg>",
    "svg-cdata": "<svg><![CDATA[<p>]]><img src=x onerror=ran()></svg>",
    "math-mtext": "<math><mtext><table><mglyph><style><!--</style>"
    '<img title="--&gt;&lt;img src=1 onerror=ran()&gt;"><img src=x onerror=ran()>',
    "math-annotation": '<math><annotation-xml encoding="text/html"><style><!--</style>'
    "<img src=x onerror=ran()></annotation-xml></math>",
    "math-cdata": "<math><![CDATA[</p><p>]]></math><img src=x onerror=ran()>",
    "template": "<template><p></template><img src=x onerror=ran()>",
    "cdata": "<![CDATA[<p>One.</p>><img src=x onerror=ran()>]]>",
    "cdata-that-never-ends": "<![CDATA[><img src=x onerror=ran()>",
    "comment-too-short": "<!--><img src=x onerror=ran()>-->",
    "comment-shorter-yet": "<!---><img src=x onerror=ran()>-->",
    "comment-ends-with-a-bang": "<!-- --!><img src=x onerror=ran()> -->",
    "comment-bogus": "<!x><img src=x onerror=ran()>",
    "comment-of-a-question": "<?x ><img src=x onerror=ran()> ?>",
    "comment-of-an-end-tag": "</ x><img src=x onerror=ran()>",
    "comment-of-a-browser": "<!--[if gte IE 4]><p>x</p><![endif]--><img src=x onerror=ran()>",
    "title": '<title><a title="</title><img src=x onerror=ran()>"></title>',
    "textarea": '<textarea><a title="</textarea><img src=x onerror=ran()>"></textarea>',
    "xmp": '<xmp><a title="</xmp><img src=x onerror=ran()>"></xmp>',
    "iframe": '<iframe><a title="</iframe><img src=x onerror=ran()>"></iframe>',
    "iframe-srcdoc": '<iframe srcdoc="&lt;script&gt;parent.ran()&lt;/script&gt;"></iframe>',
    "iframe-address": '<iframe src="javascript:parent.ran()"></iframe>',
    "noembed": '<noembed><a title="</noembed><img src=x onerror=ran()>"></noembed>',
    "noframes": '<noframes><a title="</noframes><img src=x onerror=ran()>"></noframes>',
    "style": '<style><a title="</style><img src=x onerror=ran()>"></style>',
    "plaintext": "<img src=x onerror=ran()><plaintext>One.",
    "select": "<select><template><img src=x></template></select><img src=x onerror=ran()>",
    "nested-forms": '<form id="f"><div></form><form><math><mtext></form><form><mglyph><style>'
    "</math><img src=x onerror=ran()>",
    "tables-inside-out": "<table><tr><p><img src=x onerror=ran()></p></tr></table>",
    "paragraph-in-a-table": '<table><a href="https://a.example/"><td onclick=ran()><img src=x '
    "onerror=ran()>",
    "details": "<details open ontoggle=ran()><summary>One</summary></details>",
    "focus": "<b tabindex=0 autofocus onfocus=ran()>One</b>",
    "input": "<input autofocus onfocus=ran()>",
    "video": "<video><source onerror=ran() src=x></video>",
    "audio": "<audio src=x onerror=ran()></audio>",
    "animation": "<style>@keyframes k{}</style><b style=animation-name:k onanimationstart=ran()>x</b>",
    "body": "<body onpageshow=ran() onload=ran()>",
    "marquee": "<marquee onstart=ran()>One</marquee>",
    "object": '<object data="javascript:ran()"></object><img src=x onerror=ran()>',
    "meta-refresh": '<meta http-equiv="refresh" content="0;url=javascript:ran()"><script>ran()</script>',
    "entities-without-ends": "<a href='javascript&colon;ran()'>One</a><img src=x onerror=&#114an()>",
    "base": '<base href="https://evil.example/"><img src=x onerror=ran()>',
}
"""Those that run when they are opened: by the name of the trick."""

LINKS = {
    "link-javascript": '<a href="javascript:ran()">One</a>',
    "link-with-a-tab": '<a href="java\tscript:ran()">One</a>',
    "link-with-entities": '<a href="&#106;ava&Tab;script&colon;ran()">One</a>',
    "link-in-capitals": '<a href=" JaVaScRiPt:ran()">One</a>',
    "link-data": '<a href="data:text/html,<script>ran()</script>">One</a>',
    "link-vbscript": '<a href="vbscript:ran()">One</a>',
    "link-of-svg": '<svg><a xlink:href="javascript:ran()"><text y="20">One</text></a></svg>',
    "link-of-math": '<math><mtext href="javascript:ran()">One</mtext></math>',
    "link-area": '<map name="m"><area href="javascript:ran()"></map>',
    "link-form": '<form action="javascript:ran()"><button>One</button></form>',
    "link-button": '<button formaction="javascript:ran()" form="f">One</button>',
}
"""Those that run when a person follows them."""

READER = """<!doctype html><meta charset="utf-8"><title>A reader</title>
<script>window.ran = () => { top.found = (top.found || new Set()).add(location.pathname) }</script>
"""
"""What a careless reader on the web begins its page with; notes follow as they are."""
END = '\n<a class="next" href="/next">Next</a>\n<p>The end.</p>'
"""With what it goes on."""


@contextmanager
def served(pages: dict[str, str]) -> Iterator[str]:
    """Serve *pages* by their paths, each after the beginning of a reader's page; give the address."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            page = pages.get(self.path)
            body = ((READER + page + END) if page is not None else "").encode()
            self.send_response(404 if page is None else 200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Stay quiet."""

    class Server(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            """A browser that hangs up is no news."""

    server = Server(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


DANGEROUS = """() => [...document.querySelectorAll("*")].filter(e =>
    ["IFRAME", "OBJECT", "EMBED", "BASE", "FORM", "STYLE"].includes(e.tagName) ||
    (e.localName == "script" && e.type != "application/ld+json") || e.httpEquiv ||
    [...e.attributes].some(a => /^on/i.test(a.name) ||
        /^(javascript|data:text|data:image.svg|vbscript):?/i.test(
            a.value.replace(/[\\s\\x00-\\x1f]/g, "")))
).map(e => e.outerHTML.slice(0, 80))"""
"""What a person could still set off in a document, or what would have if it had loaded."""

_OURS = (
    r'<meta http-equiv="Content-Security-Policy"[^>]*>',
    r'<script type="application/json" id="review-data">.*?</script>',
    r'<script type="module">.*?</script>',
    r'<form id="remark-form">',
    r"<style>.*?</style>",
    r'(?:<script src="\.\./[a-z]+-[0-9a-f]{8}\.js" defer></script>\s*)+',
)


def without_our_own(page: str) -> str:
    """Return a page of ours without its policy, its script and its style: what others wrote stays."""
    for ours in _OURS:
        page = re.sub(ours, "", page, count=1, flags=re.DOTALL)
    return page


def opened(context, address: str, paths: list[str], at_once: int = 30) -> set[str]:
    """Open *paths* of a server in frames of a page; return those in which something ran."""
    page = context.new_page()
    found: set[str] = set()
    for at in range(0, len(paths), at_once):
        page.goto(address + "/")
        frames = "".join(f'<iframe src="{path}"></iframe>' for path in paths[at : at + at_once])
        page.evaluate(
            "html => { document.body.innerHTML = html;"
            "  return Promise.all([...document.querySelectorAll('iframe')].map("
            "    f => new Promise(done => f.addEventListener('load', done, {once: true})))) }",
            frames,
        )
        page.wait_for_timeout(150)
        found |= set(page.evaluate("[...(window.found || [])]"))
    page.close()
    return found
