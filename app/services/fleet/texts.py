"""What findings of a fleet say."""

from collections.abc import Mapping
from typing import Final

from app.catalogue.finding_texts import finding_texts
from app.kernel.text import Text
from app.services.fleet.schemas import DUTIES, DUTY_LABELS

_DUTIES: Final = {key: Text(label) for key, label in zip(DUTIES, DUTY_LABELS, strict=True)}
_texts = finding_texts(
    {
        "FL-OVERDUE": Text("%(plate)s: %(what)s was due on %(due)s."),
        "FL-LONG-OVERDUE": Text(
            "%(plate)s: the main inspection was due on %(due)s, more than two months ago. It "
            "becomes deeper and dearer, and driving on is a fine with points."
        ),
        "FL-SOON": Text("%(plate)s: %(what)s is due on %(due)s."),
        "FL-DOUBLE": Text("%(plate)s also stands in line %(first)s: it was left out."),
        "FL-NONE": Text("Nothing is due until %(until)s."),
        "FL-KM-BACK": Text(
            "%(plate)s: the kilometres (%(km)s) are fewer than at the last service (%(before)s)."
        ),
        "FL-FUTURE": Text("%(plate)s: the date %(found)s lies in the future."),
        "FL-BEFORE-NEW": Text(
            "%(plate)s: the date %(found)s lies before the first registration (%(registered)s)."
        ),
        "FL-OLD-RULE": Text(
            "%(plate)s: the last inspection of %(found)s was before the intervals used here came "
            "into force (%(since)s). Please look at the plate."
        ),
        "FL-NO-PACE": Text("%(plate)s: without kilometres its service goes by months alone."),
    }
)


def finding_text(code: str, params: Mapping[str, object]) -> Text:
    """The sentence, with the duty by its name in the reader's language."""
    text = _texts(code, params)
    duty = _DUTIES.get(str(params.get("what")))
    return Text(text.msgid, **{**text.params, "what": duty}) if duty else text
