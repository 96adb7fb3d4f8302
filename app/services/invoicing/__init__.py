"""Invoicing: the client's own invoices to its customers, as XRechnung and ZUGFeRD."""
