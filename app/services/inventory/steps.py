"""Reads demand and stock, proposes orders; writes the proposal."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from marshmallow import EXCLUDE

from app.catalogue.result_files import Sheet, csv_file, file_name, xlsx_file
from app.catalogue.rows import at, shortened, table_of
from app.catalogue.steps import (
    DeliveryInput,
    ProposedValue,
    ResultDocument,
    Severity,
    StepDocument,
    StepFinding,
    StepInput,
    StepResult,
)
from app.kernel.spoken import speaker
from app.kernel.svg import Line, lines
from app.kernel.text import Text
from app.services.inventory.history import History, Item, read_history
from app.services.inventory.rules import (
    LEAST_HISTORY,
    Forecast,
    Proposal,
    Terms,
    forecast,
    projected,
    propose,
)
from app.services.inventory.schemas import InventoryValues, OrderRow

MOST_ORDERS: Final = 500
OVERSTOCK_YEARS: Final = 2
DRAWN: Final = 4
AHEAD: Final = 12
_WARN: Final = Severity.WARNING


@dataclass(frozen=True, slots=True)
class Judged:
    """An item with its forecast and proposal."""

    item: Item
    forecast: Forecast
    terms: Terms
    proposal: Proposal

    @property
    def stock(self) -> float:
        """What lies there."""
        return float(self.item.terms.get("stock") or 0)

    @property
    def on_order(self) -> float:
        """What is on its way."""
        return float(self.item.terms.get("on_order") or 0)

    @property
    def value(self) -> Decimal:
        """What the proposed order costs."""
        price = max(self.item.terms.get("price") or Decimal(0), Decimal(0))
        return (price * self.proposal.order).quantize(Decimal("0.01"))


def check(step: StepInput) -> StepResult:
    """A forecast and a proposal for every item."""
    document = table_of(step.documents)
    if document is None:
        missing = StepFinding(code="FILE-MISSING", severity=Severity.ERROR)
        return StepResult(findings=(missing,))
    newest_first = bool(step.payload.get("newest_first"))
    history = read_history(document, today=step.today, newest_first=newest_first)
    judged, doubles = _judged(document, history, step)
    findings = [*history.findings, *doubles, *_about(document, judged, step)]
    wanted = sorted(
        (one for one in judged if one.proposal.order), key=lambda one: (-one.value, one.item.sku)
    )
    if len(wanted) > MOST_ORDERS:
        findings.append(at(document, "IN-MORE", _WARN, count=len(wanted), shown=MOST_ORDERS))
    files = _drawn(judged, wanted, step.client_locale)
    values = {
        "items": ProposedValue(value=len(judged), place=document.name),
        "orders": ProposedValue(value=[_row(one) for one in wanted[:MOST_ORDERS]]),
    }
    return StepResult(
        values=values if judged else {},
        findings=shortened(findings),
        documents=files if judged else (),
        units=Decimal(max(len(judged), 1)),
        straight_through=bool(judged) and all(one.severity is Severity.INFO for one in findings),
    )


def _judged(
    document: StepDocument, history: History, step: StepInput
) -> tuple[list[Judged], list[StepFinding]]:
    judged, findings, seen = [], [], dict[str, int]()
    for item in history.items:
        if item.sku in seen:
            told = {"sku": item.sku[:60], "first": seen[item.sku]}
            findings.append(
                at(
                    document,
                    "IN-DOUBLE",
                    Severity.ERROR,
                    line=item.line,
                    column=item.column,
                    **told,
                )
            )
            continue
        seen[item.sku] = item.line
        found = forecast([max(one, 0.0) for one in item.demand])
        terms = _terms(item, step)
        stock, on_order = (float(item.terms.get(key) or 0) for key in ("stock", "on_order"))
        proposal = propose(found, terms, stock=stock, on_order=on_order)
        judged.append(Judged(item, found, terms, proposal))
    return judged, findings


def _terms(item: Item, step: StepInput) -> Terms:
    own, wish = item.terms, step.payload
    return Terms(
        lead_time=max(float(own.get("lead_time") or 0), 0) or 1,
        price=max(float(own.get("price") or 0), 0),
        order_cost=max(float(own.get("order_cost") or 0), 0) or float(wish.get("order_cost") or 50),
        holding_rate=float(wish.get("holding_rate", 20)) / 100,
        periods_a_year=int(wish.get("periods_a_year") or 12),
        service_level=float(wish.get("service_level") or 95) / 100,
        minimum=max(int(own.get("minimum") or 1), 1),
        pack=max(int(own.get("pack") or 1), 1),
    )


def _row(one: Judged) -> dict[str, Any]:
    return {
        "sku": one.item.sku[:80],
        "name": str(one.item.terms.get("name") or "")[:80],
        "method": one.forecast.method,
        "forecast": f"{one.forecast.per_period:.2f}",
        "stock": f"{one.stock:.0f}",
        "reorder_point": one.proposal.reorder_point,
        "quantity": one.proposal.order,
        "value": str(one.value),
    }


def _about(
    document: StepDocument, judged: Sequence[Judged], step: StepInput
) -> Iterator[StepFinding]:
    has_stock = any("stock" in one.item.terms for one in judged)
    if judged and not has_stock:
        yield at(document, "IN-NO-STOCK", _WARN)
    for one in judged:
        yield from _of_demand(document, one)
        if has_stock:
            yield from _of_stock(document, one, int(step.payload.get("periods_a_year") or 12))


def _of_demand(document: StepDocument, one: Judged) -> Iterator[StepFinding]:
    say = _sayer(document, one)
    if len(one.item.demand) < LEAST_HISTORY:
        yield say("IN-SHORT", _WARN, periods=len(one.item.demand))
    if any(quantity < 0 for quantity in one.item.demand):
        yield say("IN-RETURNS", Severity.INFO)


def _sayer(document: StepDocument, one: Judged) -> Callable[..., StepFinding]:
    """Makes findings about an item, at its place."""

    def say(code: str, severity: Severity, **params: object) -> StepFinding:
        line, column, sku = one.item.line, one.item.column, one.item.sku[:60]
        return at(document, code, severity, line=line, column=column, sku=sku, **params)

    return say


def _of_stock(document: StepDocument, one: Judged, a_year: int) -> Iterator[StepFinding]:
    say = _sayer(document, one)
    cover, lead = one.proposal.cover, one.terms.lead_time
    if one.stock < 0:
        yield say("IN-STOCK-BELOW", Severity.ERROR, stock=f"{one.stock:.0f}")
    if cover is not None and cover < lead and not one.on_order:
        yield say("IN-OUT", _WARN, cover=f"{cover:.1f}", lead=f"{lead:g}")
    recent = one.item.demand[-a_year:]
    if one.stock > 0 and not any(recent):
        yield say("IN-DEAD", _WARN, stock=f"{one.stock:.0f}", periods=len(recent))
    elif cover is not None and cover > OVERSTOCK_YEARS * a_year:
        yield say("IN-OVERSTOCK", Severity.INFO, cover=f"{cover:.0f}")


def _drawn(
    judged: Sequence[Judged], wanted: Sequence[Judged], locale: str
) -> tuple[ResultDocument, ...]:
    """How stock runs, where there is any; every order where there are more than the form holds."""
    has_stock = any(one.stock > 0 for one in judged)
    files = [_picture(wanted or judged, locale)] if has_stock else []
    if len(wanted) > MOST_ORDERS:
        sheet = _order_sheet([_loaded(one) for one in wanted])
        files.append(xlsx_file("orders-all.xlsx", [sheet], locale=locale))
    return tuple(files)


def _loaded(one: Judged) -> Mapping[str, Any]:
    """A row as the form gives it."""
    loaded: Mapping[str, Any] = OrderRow().load(_row(one))
    return loaded


def _picture(judged: Sequence[Judged], locale: str) -> ResultDocument:
    """How the stock of the dearest proposals runs, if they are ordered now."""
    rows = [
        Line(
            label=one.item.sku,
            values=[
                Decimal(f"{level:.2f}")
                for level in projected(
                    one.forecast,
                    one.terms,
                    one.proposal,
                    stock=max(one.stock, 0),
                    on_order=one.on_order,
                    periods=AHEAD,
                )
            ],
        )
        for one in judged[:DRAWN]
    ]
    title = speaker(locale)(Text("Stock in the coming periods, if ordered as proposed"))
    picture = lines(title, [str(number) for number in range(AHEAD + 1)], rows)
    return ResultDocument(name="stock.svg", media_type="image/svg+xml", content=picture)


def deliver(delivery: DeliveryInput) -> Sequence[ResultDocument]:
    """The approved order proposal as workbook and CSV."""
    values = InventoryValues().load(dict(delivery.values), unknown=EXCLUDE)
    sheet = _order_sheet(values["orders"])
    number, locale = delivery.number, delivery.client_locale
    return (
        xlsx_file(file_name(number, "orders", "xlsx"), [sheet], locale=locale),
        csv_file(file_name(number, "orders", "csv"), sheet, locale=locale),
    )


def _order_sheet(orders: Sequence[Mapping[str, Any]]) -> Sheet:
    return Sheet(
        title=Text("Order proposal"),
        headings=(
            *(Text("Article"), Text("Name"), Text("Method"), Text("Need per period")),
            *(Text("Stock"), Text("Reorder point"), Text("Order quantity"), Text("Order value")),
        ),
        rows=[
            [
                *(one["sku"], one["name"], one["method"], one["forecast"]),
                *(one["stock"], one["reorder_point"], one["quantity"], one["value"]),
            ]
            for one in orders
        ],
    )
