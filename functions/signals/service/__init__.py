"""Use cases, one file each; ports are passed in, nothing here knows a technology.

``feeding`` the bus · ``watching`` the market · ``drafting`` · ``publication`` · ``approval`` ·
``recovery`` of what a crash left · ``reading``.
"""
