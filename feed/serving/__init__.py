"""A public folder over HTTP on this machine, with the headers that apps expect.

May import: episodes/disk, episodes/model, episodes/waiting.
"""
