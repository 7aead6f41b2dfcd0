"""Papers as PDFs, A4, one page each."""

from payments.adapters.pdf.sheet import printed

__all__ = ["printed"]
