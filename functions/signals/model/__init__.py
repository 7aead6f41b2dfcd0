"""The domain's words: values and invariants. Standard library, ``kit.money`` and ``kit.ids`` only.

``market`` candles, instruments, splits · ``signal`` a signal and its life · ``commitment`` the promise
made before publication · ``outcome`` how a signal ended · ``access`` who sees what, and when.
"""
