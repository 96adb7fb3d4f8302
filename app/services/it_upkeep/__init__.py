"""IT upkeep: certificates before they expire, and who may get in."""
