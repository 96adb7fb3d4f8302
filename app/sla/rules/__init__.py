"""What is promised when, and whose time it is: pure arithmetic, no database, no clock."""
