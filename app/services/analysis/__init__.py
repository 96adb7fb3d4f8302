"""Analysis: a question to a table, answered by figures and a chart."""
