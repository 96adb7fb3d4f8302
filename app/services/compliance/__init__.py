"""Compliance: names against sanctions lists, retention dates, requests and the register of GDPR."""
