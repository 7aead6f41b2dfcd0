"""Wiring, one module a function, so that none imports what it does not use.

Settings become adapters, adapters become use cases: on first use, once a container, never at import. No
connection is opened here: a store opens its own with the first command.
"""
