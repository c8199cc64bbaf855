"""What listeners and directories see: the RSS feed, its checks, the pages, the server.

Imports `columncast.episodes` only; knows nothing of how audio is made.
"""
