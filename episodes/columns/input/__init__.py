"""What a file holds before it is anybody's column: encodings, zip files, XML, dates.

May import: episodes/model, episodes/text.
"""
