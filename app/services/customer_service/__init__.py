"""Customer service: mails become tickets with kind, urgency and a reply that a person approves."""
