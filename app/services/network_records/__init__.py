"""Network records: prefixes and devices without clash, and the next free prefix."""
