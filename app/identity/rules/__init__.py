"""What is decided about people without asking the database."""
