"""What every storey may use: values, errors and the clock. Pure Python."""
