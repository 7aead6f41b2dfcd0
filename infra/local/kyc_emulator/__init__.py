"""The provider that verifies clients, on one machine: an emulator. Nobody's identity is known here.

``personas`` says what a PAN, an Aadhaar number or a name makes it answer, ``state`` keeps its key, its port
and which reference stands for which number, ``server`` answers on a loopback port of its own, and ``part``
lets it live with the platform, with its controls ``/_local/kyc``.
"""
