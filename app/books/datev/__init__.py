"""DATEV batches of bookings: what the file takes, written and read back; bookings in, bytes out."""
