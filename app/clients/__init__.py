"""Companies, contacts, contracts and their lines."""
