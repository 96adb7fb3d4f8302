"""A stand-in that is up in no time."""
