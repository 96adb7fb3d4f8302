"""A line of a navigation: faces fill lists of these, layouts draw them."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class NavLink:
    """Where one can go, with the number of things waiting there."""

    label: str
    url: str
    icon: str = "folder"
    """A name out of devtools/vendor/icons.txt."""
    count: int | None = None
    current: bool = False
