"""Skills, certificates and whom an operator may serve."""
