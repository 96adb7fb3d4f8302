"""How mail comes in: LMTP, reading, and the way into the right item."""
