"""Flask, and only what every face needs."""
