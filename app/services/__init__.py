"""What we sell: one folder a service."""
