"""Route planning: stops with windows and loads become tours that keep every one of them."""
