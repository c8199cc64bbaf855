"""The column as it is spoken: abbreviations, amounts and numerals in words, words in phones.

May import: audio/align/languages.
"""
