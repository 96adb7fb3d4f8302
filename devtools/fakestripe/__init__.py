"""`kontor-fakestripe`: a small Stripe for development, the demo and the tests.

Real HTTP on loopback; requests and answers are checked against the types of the installed SDK.
It proves our code, not Stripe: an opt-in test does the same against Stripe's own test mode.
"""
