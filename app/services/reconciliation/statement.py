"""A bank statement as it was read, whatever the format: values only."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal


@dataclass(slots=True, kw_only=True)
class Line:
    """One movement; negative amounts left the account."""

    booked_on: date
    amount: Decimal
    currency: str
    party: str = ""
    iban: str = ""
    purpose: str = ""
    end_to_end_id: str = ""
    batch_id: str = ""
    """The payment file's block that was booked as one (PmtInfId)."""
    reversal: bool = False


@dataclass(slots=True, kw_only=True)
class Statement:
    """One statement of one account."""

    account: str = ""
    number: str = ""
    opening: Decimal | None = None
    closing: Decimal | None = None
    currency: str = ""
    entries: int = 0
    lines: list[Line] = field(default_factory=list)
    reversed_by_balance: bool = False
    """The reversals' sign had to be turned for the balances to agree."""

    @property
    def movement(self) -> Decimal:
        """The sum of all lines."""
        return sum((line.amount for line in self.lines), Decimal(0))

    @property
    def balances(self) -> bool:
        """Opening balance and movements give the closing balance exactly."""
        if self.opening is None or self.closing is None:
            return False
        return self.opening + self.movement == self.closing

    @property
    def difference(self) -> Decimal | None:
        """What is missing for the balances to agree; None where a balance is missing."""
        if self.opening is None or self.closing is None:
            return None
        return self.closing - self.opening - self.movement


@dataclass(slots=True, kw_only=True)
class Reading:
    """What a file holds; `reason` is a finding's code where it holds no statement."""

    statements: list[Statement] = field(default_factory=list)
    reason: str = ""
    detail: str = ""
    notes: list[tuple[str, str]] = field(default_factory=list)
    """Code and place of what a person should know."""
