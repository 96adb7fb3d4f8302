"""A worker, relay and ticker that wait for their end."""

import signal

signal.signal(signal.SIGTERM, signal.SIG_DFL)
signal.pause()
