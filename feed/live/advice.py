"""What to change at a host for each kind of trouble; docs/how-to/hosting.md has it at length.

What is a server's own setting is quoted from the recipe that docs/how-to/hosting.md has too.
"""

from __future__ import annotations

from columncast.episodes.http.client import Answer
from columncast.feed.live.recipes import quote

HOSTS = {
    "s3": "S3",
    "r2": "R2",
    "cloudflare": "Cloudflare",
    "nginx": "nginx",
    "apache": "Apache",
    "caddy": "Caddy",
    "netlify": "Netlify",
    "github-pages": "GitHub Pages",
}
"""The hosts that we know cures for, as people call them."""

CURES: dict[str, dict[str, str]] = {
    "absent": {
        "": "look at base_url in show.toml, and at what the server takes for its root",
        "s3": "allow s3:GetObject for everybody in the bucket policy, and take the URL of the bucket as base_url",
        "r2": "connect a custom domain to the bucket (Settings, Public access), and take it as base_url",
        "cloudflare": "look at the origin's answer, and purge the cached 404 of this address",
        "nginx": "let root or alias point at the folder that holds audio/ and feed/, readable for nginx's user",
        "apache": "let DocumentRoot or Alias point at the folder that holds audio/ and feed/, with Require all granted",
        "caddy": "let root point at the folder that holds audio/ and feed/, readable for Caddy's user, with file_server",
        "netlify": "deploy the folder that holds audio/ and feed/; files appear only after a deploy, so set verify = false",
        "github-pages": "files appear only after a push, so set verify = false; files over 100 MB are not taken",
    },
    "length-differs": {
        "": "the server gives something else than was put: look for a cache or a filter in between",
        "cloudflare": "turn off what rewrites files (Polish, Auto Minify), and purge this address",
        "nginx": "turn gzip off for audio: gzip_types must not name audio/mpeg",
        "apache": f"keep mod_deflate off audio: {quote('apache', 'no-gzip')}",
        "caddy": "let encode match no audio; it does not by itself",
    },
    "audio-packed": {
        "": "turn compression off for audio: it gets no smaller by that, and apps can neither seek nor resume in it",
        "s3": "the object was stored packed (Content-Encoding: gzip): publish it with columncast, which stores it as it is",
        "cloudflare": "add a compression rule for audio/: no compression; and look whether the origin packs",
        "nginx": "gzip_types must name neither * nor audio/mpeg, and gzip_static must be off in the location of audio/",
        "apache": f"keep mod_deflate off audio: {quote('apache', 'no-gzip')}",
        "caddy": "let encode match no audio; it does not by itself",
    },
    "packed-unasked": {
        "": "pack only for clients that send Accept-Encoding: gzip, and send Vary: Accept-Encoding so that caches keep both",
        "s3": "the object was stored packed (Content-Encoding: gzip): publish it with columncast, which stores it as it is",
        "nginx": "gzip_vary on; and gzip_static on, not gzip_static always",
        "apache": "remove SetEnv force-gzip and AddEncoding for these files, and let mod_deflate send Vary",
    },
    "type-wrong": {
        "": "tell the server the type of these files",
        "s3": "publish once more with columncast, which puts files with their types; a copy by other tools may have lost them",
        "r2": "publish once more with columncast, which puts files with their types",
        "cloudflare": "set the type at the origin; Cloudflare passes it on",
        "nginx": f"types {{ {quote('nginx', 'text/html html', 'application/xml', 'audio/mpeg', 'text/vtt vtt')} }}",
        "apache": quote("apache", "AddType"),
        "caddy": "take the map of types (columncast help hosting): header @typed Content-Type {podcast_type}",
        "netlify": "set Content-Type in _headers for /audio/* and /feed/*",
        "github-pages": "its types are fixed; put a CDN in front, or use mp3 and vtt, which it knows",
    },
    "range-ignored": {
        "": "use a server that answers byte ranges with 206: Apple refuses the show otherwise",
        "s3": "ranges work at S3 itself: look at the proxy in front of it",
        "r2": "use a custom domain or r2.dev; a Worker in front must pass the Range header on",
        "cloudflare": "let a Worker pass the Range header on; files over 512 MB are not cached, so the origin must answer ranges",
        "nginx": "ranges work for files: remove max_ranges 0, add_before_body and sub_filter from the location of audio/",
        "apache": "remove MaxRanges none and any output filter (DEFLATE, SUBSTITUTE) from the location of audio/",
        "caddy": "ranges work for files: serve audio/ by file_server, not by templates or encode",
        "netlify": "serve audio as plain files, not through a function or a redirect with status 200",
        "github-pages": "ranges work for files under 100 MB: look at the CDN in front",
    },
    "redirected": {
        "": "write the address that answers at last into show.toml, so that apps need not be sent on",
        "s3": "use the address of the bucket's own region as base_url",
        "cloudflare": "write https and the final name into base_url, and look at your redirect rules",
        "netlify": "write the site's primary domain into base_url",
        "github-pages": "write the custom domain, with https, into base_url",
    },
    "not-https": {
        "": "get a certificate and write https:// into base_url; Apple and Podcasting 2.0 ask for it",
        "s3": "the website endpoint has no https: use the REST endpoint, or put CloudFront in front",
        "cloudflare": "turn on Always Use HTTPS, and write https:// into base_url",
        "nginx": "certbot --nginx gets a certificate; then write https:// into base_url",
        "apache": "certbot --apache gets a certificate; then write https:// into base_url",
        "caddy": "name the site by its domain, and Caddy gets a certificate; then write https:// into base_url",
        "netlify": "turn on HTTPS in Domain management, and write https:// into base_url",
        "github-pages": "turn on Enforce HTTPS in the Pages settings, and write https:// into base_url",
    },
    "head-refused": {
        "": "allow the method HEAD; Apple asks for it",
        "s3": "HEAD needs s3:GetObject, and s3:ListBucket to answer 404 rather than 403",
        "cloudflare": "let a Worker answer HEAD as it answers GET",
        "nginx": "remove HEAD from limit_except or if ($request_method …)",
        "apache": "remove HEAD from <Limit> or RewriteCond %{REQUEST_METHOD}",
    },
    "no-cors": {
        "": "send Access-Control-Allow-Origin: * for feed/, so that web players can show transcripts and chapters",
        "s3": "add a CORS rule to the bucket: AllowedOrigins *, AllowedMethods GET and HEAD",
        "r2": "add a CORS policy to the bucket: AllowedOrigins *, AllowedMethods GET and HEAD; purge the cache",
        "cloudflare": "add a response header rule: Access-Control-Allow-Origin: *",
        "nginx": f"{quote('nginx', 'Allow-Origin')}; a location that adds headers of its own needs it too",
        "apache": quote("apache", "Allow-Origin"),
        "caddy": quote("caddy", "Allow-Origin"),
        "netlify": "in _headers, below /feed/*: Access-Control-Allow-Origin: *",
        "github-pages": "it sends the header by itself: look at the CDN in front",
    },
    "frame-forbidden": {
        "": "send neither X-Frame-Options nor a frame-ancestors other than * for feed/*/embed/ and feed/latest.html",
        "s3": "S3 sends no such header: take a response headers policy of CloudFront without X-Frame-Options",
        "r2": "R2 sends no such header: look at the rules and Workers of your domain",
        "cloudflare": "turn off the managed transform Add security headers, or remove X-Frame-Options by a response header rule",
        "nginx": f"send no X-Frame-Options, and take the map of frames (columncast help hosting) with {quote('nginx', 'add_header Content-Security')}",
        "apache": f"Header always unset X-Frame-Options, and {quote('apache', 'podcast_framed')}",
        "caddy": f"header -X-Frame-Options, and {quote('caddy', '@framed')}",
        "netlify": "in _headers, send neither X-Frame-Options nor frame-ancestors by a rule that matches the player, as /* does",
        "github-pages": "it sends no such header: look at the CDN in front",
    },
    "no-validator": {
        "": "send ETag or Last-Modified, so that apps need not load the feed again and again",
        "cloudflare": "let the origin send ETag; turn off what rewrites XML",
        "nginx": "etag on; and no gzip filter that drops it (gzip_static instead)",
        "apache": quote("apache", "FileETag"),
        "caddy": "serve feed/ by file_server, which sends ETag and Last-Modified",
    },
    "no-304": {
        "": "answer If-None-Match with 304, so that apps need not load the feed again and again",
        "cloudflare": "turn off Email Obfuscation and Auto Minify for feed/, which weaken the ETag",
        "nginx": "etag on; and if_modified_since exact;",
        "apache": f"{quote('apache', 'FileETag')}; with mod_deflate: DeflateAlterETag NoChange",
        "caddy": "serve feed/ by file_server, which answers with 304",
    },
    "feed-kept-long": {
        "": "let the feed be kept for minutes: Cache-Control: public, max-age=300",
        "s3": "publish once more with columncast, which sets it; look at the TTLs of CloudFront",
        "cloudflare": "add a cache rule: for feed.xml, respect the origin's Cache-Control",
        "nginx": f"{quote('nginx', 'max-age=300')} and {quote('nginx', 'add_header Cache')} (columncast help hosting)",
        "apache": quote("apache", "max-age=300"),
        "caddy": quote("caddy", "max-age=300"),
        "netlify": f"in _headers, below /feed/*: {quote('netlify', 'max-age=300')}",
        "github-pages": "it is fixed there to 10 minutes: look at the CDN in front",
    },
    "audio-not-kept": {
        "": "let audio be kept for ever, since its names hold hashes: Cache-Control: public, max-age=31536000, immutable",
        "s3": "publish with columncast, which sets Cache-Control with each file",
        "r2": "publish with columncast, which sets Cache-Control with each file",
        "cloudflare": "add a cache rule for audio/: eligible for cache, respect the origin's Cache-Control",
        "nginx": f"{quote('nginx', 'immutable')} and {quote('nginx', 'add_header Cache')} (columncast help hosting)",
        "apache": f"for names with a hash (columncast help hosting): {quote('apache', 'immutable')}",
        "caddy": f"for names with a hash (columncast help hosting): {quote('caddy', 'immutable')}",
        "netlify": f"in _headers, below /audio/*: {quote('netlify', 'immutable')}",
        "github-pages": "it is fixed there to 10 minutes, which does no harm",
    },
    "feed-cached": {
        "": "nothing is wrong; it is given to apps as soon as the cache's time is over",
        "cloudflare": "purge feed.xml, or let the cache respect the origin's Cache-Control",
        "s3": "invalidate /feed/* in CloudFront, or set its default TTL low",
    },
    "certificate-ends": {
        "": "renew the certificate, and look why it is not renewed by itself",
        "nginx": "certbot renew; systemctl list-timers shows whether it runs",
        "apache": "certbot renew; systemctl list-timers shows whether it runs",
        "github-pages": "remove the custom domain in the Pages settings and enter it again",
    },
    "feed-differs": {"": "run: columncast publish"},
    "picture-heavy": {"": "save the cover as a JPEG of under 512 kB: apps load it again and again"},
}
CURES["range-wrong"] = CURES["range-ignored"]
CURES["bytes-differ"] = CURES["length-differs"]
CURES["article-no-cors"] = CURES["no-cors"]
CURES["article-kept-long"] = CURES["feed-kept-long"]


def host_of(answer: Answer) -> str:
    """Return which host of `HOSTS` gave *answer*, by its headers; empty if we do not know it."""
    server = answer.header("server").lower()
    if ".r2.dev/" in answer.url:
        return "r2"
    if answer.header("x-github-request-id"):
        return "github-pages"
    if answer.header("x-amz-request-id") or server.startswith("amazons3"):
        return "s3"
    return next(
        (host for host in ("cloudflare", "netlify", "nginx", "apache", "caddy") if host in server),
        "",
    )


def cures(code: str) -> dict[str, str]:
    """Return what to change, by host; the empty name is for every other."""
    return CURES.get(code, {"": "columncast help hosting tells more"})


def advice(code: str, answer: Answer) -> str:
    """Return what to change at the host that gave *answer*."""
    known = cures(code)
    host = host_of(answer)
    return f"{HOSTS[host]}: {known[host]}" if host in known and host else known[""]
