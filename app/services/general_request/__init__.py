"""General request: free text and files, for everything that has no service of its own."""
