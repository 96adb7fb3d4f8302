"""Work items, their checklist, and the commands that move a clock."""
