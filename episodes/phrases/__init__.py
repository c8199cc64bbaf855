"""Every phrase that a listener or reader sees: one TOML file a language, one place for all of them.

May import: episodes/model.
"""
