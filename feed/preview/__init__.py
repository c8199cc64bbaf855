"""The editor's page: an episode as listeners will see it, live while its files are saved.

May import: episodes/audience, episodes/building, episodes/columns/formats, episodes/columns/input, episodes/disk,
episodes/entry, episodes/http, episodes/model, episodes/narration, episodes/remarks, episodes/show, episodes/text,
feed/artwork, feed/live, feed/preview/apps, feed/rss, feed/rules, feed/serving, feed/site.
"""
