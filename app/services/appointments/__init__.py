"""Appointments: clashes in calendars, and free times."""
