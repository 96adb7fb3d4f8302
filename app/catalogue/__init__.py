"""Services on offer: what a service's manifest is, and the register of all manifests."""
