"""The column: read from whatever file a writer has into one form.

May import: episodes/columns/exports, episodes/columns/formats, episodes/columns/input,
episodes/columns/review, episodes/disk, episodes/model, episodes/pictures.
"""
