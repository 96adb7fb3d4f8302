"""Procurement: order, delivery and invoice compared line by line."""
