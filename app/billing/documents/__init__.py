"""The files of an invoice: XRechnung, and the page with the same XML inside (ZUGFeRD)."""
