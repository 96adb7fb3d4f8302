"""Inventory: forecasts, reorder points and order proposals."""
