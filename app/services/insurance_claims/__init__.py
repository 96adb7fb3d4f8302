"""Insurance claims: what an insurer owes for a bill, by when, and what it left out and why."""
