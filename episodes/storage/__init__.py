"""Where a show is published to: a folder, an S3 store, an SFTP server, each with the same face.

May import: episodes/disk, episodes/http, episodes/model, episodes/show, episodes/waiting.
"""
