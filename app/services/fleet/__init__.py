"""Fleet: inspections and services of vehicles, due in time."""
