"""What `make bench` measures: always a ratio to something measured in the same run."""
