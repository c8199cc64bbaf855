"""What a web server needs so that it serves a show as apps, directories and browsers ask for.

One recipe for each server. docs/how-to/hosting.md has these very texts, `check --live` quotes from them,
and the tests run each with the real server. What `headers` says of types, caching and frames is said
here in the words of each server; a test compares the two.
"""

from __future__ import annotations

NGINX = r"""
map $uri $podcast_kept {
    default "public, max-age=300, must-revalidate";
    # The hash in such a name is of the bytes: they never change.
    "~-[0-9a-f]{8}\.(mp3|m4a|opus|ogg|wav|jpg|png|webp|gif|vtt|srt|json|txt|css|js)$" "public, max-age=31536000, immutable";
}

map $uri $podcast_frames {
    default "frame-ancestors 'self'";
    # The player, which other sites show in a frame.
    "~/(embed/index|latest)\.html$" "frame-ancestors *";
}

server {
    listen 80;                      # certbot --nginx adds https
    server_name cast.walls.example;
    root /srv/www/podcast;          # holds audio/ and feed/

    types {
        text/html html; text/css css; text/javascript js; text/plain txt; text/xsl xsl;
        application/xml xml; text/x-opml opml; image/jpeg jpg; image/png png; image/webp webp; image/gif gif;
        audio/mpeg mp3; audio/mp4 m4a; audio/ogg opus ogg; audio/wav wav;
        text/vtt vtt; application/x-subrip srt; application/json json;
    }
    charset utf-8;
    charset_types text/css text/javascript text/plain text/xsl text/x-opml text/vtt;

    add_header Cache-Control $podcast_kept;
    add_header Content-Security-Policy $podcast_frames;
    add_header Access-Control-Allow-Origin * always;
    add_header Access-Control-Expose-Headers "Accept-Ranges, Content-Length, Content-Range, ETag" always;

    location ~ /\.(?!well-known/) { deny all; }     # drafts, former feeds, the inventory
    location ~ "/chapters(-[0-9a-f]{8})?\.json$" { types { } default_type application/json+chapters; }
    location ~ "/oembed\.xml$" { types { } default_type text/xml; }
}
""".lstrip()

APACHE = r"""
AddType text/html .html
AddType text/css .css
AddType text/javascript .js
AddType text/plain .txt
AddType text/xsl .xsl
AddType application/xml .xml
AddType text/x-opml .opml
AddType image/jpeg .jpg
AddType image/png .png
AddType image/webp .webp
AddType image/gif .gif
AddType audio/mpeg .mp3
AddType audio/mp4 .m4a
AddType audio/ogg .opus .ogg
AddType audio/wav .wav
AddType text/vtt .vtt
AddType application/x-subrip .srt
AddType application/json .json
<FilesMatch "^chapters(-[0-9a-f]{8})?\.json$">
    ForceType application/json+chapters
</FilesMatch>
<Files "oembed.xml">
    ForceType text/xml
</Files>
AddCharset utf-8 .html .css .js .txt .xsl .opml .vtt

Header set Cache-Control "public, max-age=300, must-revalidate"
# The hash in such a name is of the bytes: they never change.
<FilesMatch "-[0-9a-f]{8}\.(mp3|m4a|opus|ogg|wav|jpg|png|webp|gif|vtt|srt|json|txt|css|js)$">
    Header set Cache-Control "public, max-age=31536000, immutable"
</FilesMatch>
Header set Content-Security-Policy "frame-ancestors 'self'"
# The player, which other sites show in a frame.
SetEnvIf Request_URI "/(embed/(index\.html)?|latest\.html)$" podcast_framed
Header set Content-Security-Policy "frame-ancestors *" env=podcast_framed
Header always set Access-Control-Allow-Origin "*"
Header always set Access-Control-Expose-Headers "Accept-Ranges, Content-Length, Content-Range, ETag"

FileETag MTime Size
SetEnvIfNoCase Request_URI "\.(mp3|m4a|opus|ogg|wav)$" no-gzip
# Drafts, former feeds, the inventory.
RedirectMatch 404 "/\.(?!well-known/)"
""".lstrip()

CADDY = r"""
cast.walls.example {
	root * /srv/www/podcast
	file_server {
		hide .*
	}

	map {path} {podcast_type} {
		~/chapters(-[0-9a-f]{8})?\.json$ application/json+chapters
		~\.json$ application/json
		~/oembed\.xml$ text/xml
		~\.xml$ application/xml
		~\.css$ "text/css; charset=utf-8"
		~\.js$ "text/javascript; charset=utf-8"
		~\.txt$ "text/plain; charset=utf-8"
		~\.xsl$ "text/xsl; charset=utf-8"
		~\.opml$ "text/x-opml; charset=utf-8"
		~\.vtt$ "text/vtt; charset=utf-8"
		~\.srt$ application/x-subrip
		~\.mp3$ audio/mpeg
		~\.m4a$ audio/mp4
		~\.(opus|ogg)$ audio/ogg
		~\.wav$ audio/wav
		~\.jpg$ image/jpeg
		~\.png$ image/png
		~\.webp$ image/webp
		~\.gif$ image/gif
		default ""
	}
	@typed {
		file
		expression `{podcast_type} != ""`
	}
	header @typed Content-Type {podcast_type}
	@there file {
		try_files {path} {path}index.html
	}
	header @there Cache-Control "public, max-age=300, must-revalidate"
	# The hash in such a name is of the bytes: they never change.
	@hashed {
		file
		path_regexp -[0-9a-f]{8}\.(mp3|m4a|opus|ogg|wav|jpg|png|webp|gif|vtt|srt|json|txt|css|js)$
	}
	header @hashed Cache-Control "public, max-age=31536000, immutable"
	# The player, which other sites show in a frame.
	@framed path */embed/ */embed/index.html */latest.html
	header @framed Content-Security-Policy "frame-ancestors *"
	@unframed not path */embed/ */embed/index.html */latest.html
	header @unframed Content-Security-Policy "frame-ancestors 'self'"
	header Access-Control-Allow-Origin *
	header Access-Control-Expose-Headers "Accept-Ranges, Content-Length, Content-Range, ETag"
}
""".lstrip()

PAGES = """
/audio/*
  Cache-Control: public, max-age=31536000, immutable
  Access-Control-Allow-Origin: *
/feed/*
  Cache-Control: public, max-age=300, must-revalidate
  Access-Control-Allow-Origin: *
""".lstrip()
"""Netlify's and Cloudflare Pages' file `_headers`; the types of both are right by themselves.

Neither lets one rule replace a header of another, so nothing is said of frames: then all may frame.
"""

RECIPES = {"nginx": NGINX, "apache": APACHE, "caddy": CADDY, "netlify": PAGES}
"""By the names of `advice.HOSTS`; the blocks of docs/how-to/hosting.md are called so too."""


def quote(server: str, *words: str) -> str:
    """Return the lines of a recipe that have one of *words* in them, as one line.

    >>> quote("apache", "FileETag")
    'FileETag MTime Size'

    Raises:
        KeyError: The recipe has no such line.
    """
    lines = [line.partition("  #")[0].strip() for line in RECIPES[server].splitlines()]
    found = [line for line in lines if any(word in line for word in words)]
    if not found:
        raise KeyError(words)
    return " ".join(found)
