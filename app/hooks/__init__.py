"""The face towards programs that tell us things: Stripe."""
