"""For development and the demo only: nothing in app/ or tenants/ may import from here."""
