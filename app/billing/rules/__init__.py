"""What is charged and what may follow what: values in, values out."""
