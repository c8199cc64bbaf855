"""The pictures of a column: taken along when it comes in, and put into its page.

May import: episodes/columns/input, episodes/disk, episodes/http, episodes/model, episodes/text,
episodes/waiting.
"""
