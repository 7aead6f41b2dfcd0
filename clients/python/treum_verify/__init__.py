"""Verify what TREUM promised, alone and offline: this folder, Python 3.11 and nothing else.

    curl -O …/api/v1/commitments/treum-house/export          # and ?after= while X-Next-After is answered
    python -m treum_verify export --head 41:9f86… --candles 1d=prices.csv

- **Each number:** SHA-256 over payload and nonce is the hash that was fixed before publication; the payload
  is canonical (RFC 8785) and speaks of this signal and analyst; what ended or was voided is revealed.
- **The chain:** numbers from 1 without a gap, none twice, times in order, each carrying the digest of the
  document before. A head (``--head``) that you wrote down pins everything before it.
- **In time:** no signal went live after its own end.
- **Ends:** such as the revealed terms allow; with candles, made anew. A void is no way out of a loss: it
  counts as not won, contradicts a proof that somebody kept (``--held``), and candles show what it hides.
- **The win rate**, from the record alone: won of all that ended or was voided.

It cannot see a promise nobody was ever told of: hence the numbers, and the head.
"""

from treum_verify.rate import Rate, rate_of
from treum_verify.verify import Report, canonical, verify_document, verify_proof, verify_record

__all__ = [
    "Rate",
    "Report",
    "canonical",
    "rate_of",
    "verify_document",
    "verify_proof",
    "verify_record",
]
