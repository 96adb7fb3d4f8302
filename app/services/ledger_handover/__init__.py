"""Hand-over to the tax adviser: bookings as DATEV batch and as an export for the tax audit."""
