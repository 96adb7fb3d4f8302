"""Kontor: the software an outsourcing provider runs on."""
