"""The pages of a show, and the public folder that holds them with the feed.

May import: episodes/building, episodes/disk, episodes/entry, episodes/model,
episodes/narration, episodes/phrases, episodes/show, episodes/text, feed/artwork, feed/rss, feed/rules, feed/serving.
"""
