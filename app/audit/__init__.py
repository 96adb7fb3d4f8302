"""Who did what to which thing, and when: appended to, chained by hashes, never changed."""
