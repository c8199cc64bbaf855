"""Moving in: an existing podcast, a folder of recordings and columns, or an export's posts.

May import: episodes/building, episodes/columns, episodes/columns/exports, episodes/console, episodes/disk,
episodes/entry, episodes/http, episodes/importing/feed, episodes/importing/pairs, episodes/model,
episodes/narration, episodes/pictures, episodes/show, episodes/text, episodes/waiting.
"""
