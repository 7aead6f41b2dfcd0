"""Check the promises of an analyst offline: one file, standard library only (``verify.py``)."""

from treum_verify.verify import Report, canonical, verify_proof, verify_record

__all__ = ["Report", "canonical", "verify_proof", "verify_record"]
