"""One index of all clients' work, files and words: German full text behind row-level security."""
