"""The public folder goes live, in an order that can never break the feed, and is asked about there.

May import: episodes/building, episodes/console, episodes/disk, episodes/entry, episodes/http,
episodes/model, episodes/narration, episodes/remarks, episodes/show, episodes/storage,
episodes/waiting, feed/rss, feed/rules,
feed/serving.
"""
