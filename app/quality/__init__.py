"""Samples of delivered work, looked at by a second person, and how right the work was."""
