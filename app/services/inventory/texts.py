"""What findings of an inventory say."""

from app.catalogue.finding_texts import finding_texts
from app.kernel.text import Text

finding_text = finding_texts(
    {
        "IN-DEMAND": Text("“%(found)s” in line %(line)s is no quantity: the item was left out."),
        "IN-DOUBLE": Text("The item %(sku)s also stands in line %(first)s: it was left out."),
        "IN-SHORT": Text(
            "%(sku)s has only %(periods)s periods of history: the forecast is a guess."
        ),
        "IN-RETURNS": Text("%(sku)s has periods with more returns than sales: read as no demand."),
        "IN-STOCK-BELOW": Text("%(sku)s: the stock is negative (%(stock)s)."),
        "IN-OUT": Text(
            "%(sku)s runs out before a delivery can arrive: stock for %(cover)s periods, "
            "lead time %(lead)s."
        ),
        "IN-DEAD": Text("%(sku)s: %(stock)s in stock, but no demand for %(periods)s periods."),
        "IN-OVERSTOCK": Text("%(sku)s: the stock lasts %(cover)s periods."),
        "IN-NO-STOCK": Text(
            "The table has no stock: every item is taken as empty, so that all are proposed."
        ),
        "IN-NEGATIVE": Text("%(found)s in line %(line)s is negative and was not used."),
        "IN-FUTURE": Text("Line %(line)s lies in the future (%(found)s): it was left out."),
        "IN-CELLS": Text(
            "Line %(line)s ends before the last period: was the file cut off? What is missing "
            "counts as no demand."
        ),
        "IN-MORE": Text(
            "%(count)s items are to be ordered: the %(shown)s dearest are listed here, all of "
            "them in the file orders-all.xlsx."
        ),
    }
)
