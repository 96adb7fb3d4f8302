"""The shell's face: `kontor …`. Each module has a `command`; main.py collects them."""
