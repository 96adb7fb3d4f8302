"""What lies outside: mail, storage."""
