"""Data processing: a table nobody promised to be clean becomes a typed table and a report."""
