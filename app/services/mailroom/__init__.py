"""The mailroom: letters, mails and scans told apart, read for what matters, and handed on."""
