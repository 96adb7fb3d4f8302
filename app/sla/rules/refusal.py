"""Why a definition cannot be accepted."""


class Refused(ValueError):
    """A calendar, policy or event that makes no sense; `field` names the place."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(f"{field}: {reason}")
        self.field = field
        self.reason = reason
