"""What is published: columns, show notes, episodes, and the folder that holds them.

The bottom of the house: this package imports neither `audio` nor `feed`.
"""
