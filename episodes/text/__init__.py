"""Text, HTML and addresses made fit to be shown, whoever wrote them.

May import: episodes/model.
"""
