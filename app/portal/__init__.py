"""The client companies' face."""
