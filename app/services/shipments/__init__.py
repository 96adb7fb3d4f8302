"""Shipments: where every parcel and pallet is, and which of them need somebody."""
