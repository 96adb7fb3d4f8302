"""Patient billing: what a doctor did becomes an exact bill under the GOÄ."""
