"""Seeing: ledger, boards, exports; reads, and changes nothing but its own rows."""
