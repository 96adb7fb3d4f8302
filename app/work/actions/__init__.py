"""Commands on work items; one module per part of an item's life."""
