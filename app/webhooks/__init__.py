"""What a client's own programs are told: endpoints, deliveries, signatures (Standard Webhooks)."""
