"""Electronic invoices: values of EN 16931, written as XRechnung and as a page with it inside."""
