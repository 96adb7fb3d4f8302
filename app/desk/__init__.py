"""The operators' face."""
