"""Files, stored once per client and content."""
