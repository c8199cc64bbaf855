"""What directories and apps require, each rule a function with its source.

May import: episodes/building, episodes/disk, episodes/entry, episodes/http, episodes/model,
episodes/narration, episodes/show, episodes/text, feed/artwork, feed/rss.
"""
