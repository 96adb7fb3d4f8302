"""Which events each metric knows, and what they do to its clock."""

from app.sla.rules.clock_events import Kind
from app.sla.rules.life import Life, Steps
from app.sla.rules.policy import Metric

_ALWAYS: Steps = {
    Kind.OPENED: Life.opened,
    Kind.RESOLVED: Life.resolved,
    Kind.REOPENED: Life.reopened,
    Kind.CANCELLED: Life.cancelled,
    Kind.MERGED: Life.cancelled,
    Kind.MOVED: Life.moved,
    Kind.TARGET_CHANGED: Life.target_changed,
    Kind.POLICY_CHANGED: Life.policy_changed,
    Kind.DUE_SET: Life.due_set,
    Kind.EXCUSED: Life.excused,
    Kind.PAUSED: Life.paused,
    Kind.RESUMED: Life.resumed,
    Kind.SUBCONTRACTOR_STARTED: Life.subcontractor_started,
    Kind.SUBCONTRACTOR_ENDED: Life.subcontractor_ended,
}
STEPS: dict[Metric, Steps] = {
    Metric.RESOLUTION: _ALWAYS,
    Metric.FIRST_RESPONSE: {**_ALWAYS, Kind.PROVIDER_MESSAGE: Life.answered},
    Metric.NEXT_RESPONSE: {
        **_ALWAYS,
        Kind.CLIENT_MESSAGE: Life.asked,
        Kind.PROVIDER_MESSAGE: Life.answered,
    },
    Metric.INTERNAL_STEP: {
        **_ALWAYS,
        Kind.STEP_STARTED: Life.step_started,
        Kind.STEP_ENDED: Life.answered,
    },
    Metric.SUBCONTRACTOR: {
        **_ALWAYS,
        Kind.SUBCONTRACTOR_STARTED: Life.asked,
        Kind.SUBCONTRACTOR_ENDED: Life.answered,
    },
}
