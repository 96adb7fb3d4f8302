"""`kontor sla evaluate`, as it is typed: the installed command, in a place without any database."""

import json
import subprocess
import sys
from copy import deepcopy
from pathlib import Path
from time import perf_counter
from typing import Any

import pytest

KONTOR = Path(sys.executable).with_name("kontor")
OFFICE = {day: [["09:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
SCENARIO: dict[str, Any] = {
    "calendar": {
        "zone": "Europe/Berlin",
        "week": OFFICE,
        "holidays": ["2026-12-25"],
        "overrides": {"2026-12-24": [["09:00", "13:00"]]},
    },
    "policy": {
        "metric": "resolution",
        "target": {"hours": 8},
        "reopen": "resume",
        "change": "retroactive",
    },
    "events": [
        {"at": "2026-11-23T09:00:00.750+01:00", "by": "client", "type": "opened"},
        {"at": "2026-11-23T10:00:00Z", "by": "provider", "type": "paused", "cause": "client"},
        {"at": "2026-11-23T06:00:00-05:00", "by": "client", "type": "resumed"},
    ],
    "now": "2026-11-23T12:00:00Z",
}


def kontor(*words: str, given: bytes = b"", cwd: Path) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [KONTOR, "sla", "evaluate", *words],
        input=given,
        capture_output=True,
        check=False,
        cwd=cwd,
        env={"PATH": "/usr/bin:/bin", "LC_ALL": "C"},
        timeout=60,
    )


def evaluated(*values: Any, cwd: Path) -> subprocess.CompletedProcess[bytes]:
    text = "\n".join(v if isinstance(v, str) else json.dumps(v) for v in values)
    return kontor("-", given=text.encode(), cwd=cwd)


def changed(path: str, value: Any) -> dict[str, Any]:
    """The scenario with another value at a place; `...` takes the place away."""
    scenario: Any = deepcopy(SCENARIO)
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    inner = scenario
    for part in way:
        inner = inner[part]
    if value is ...:
        del inner[last]
    else:
        inner[last] = value
    return scenario  # type: ignore[no-any-return]


def test_one_object_from_a_file_and_from_standard_input(tmp_path: Path) -> None:
    (tmp_path / "one.json").write_text(json.dumps(SCENARIO, indent=2) + "\n")
    done = kontor("one.json", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    cycle = {
        "state": "running",
        "due_at": "2026-11-24T09:00:00Z",
        "elapsed_seconds": 3 * 3600,
        "remaining_seconds": 5 * 3600,
        "breached_at": None,
        "finished_at": None,
    }
    started = {"started_at": "2026-11-23T08:00:00Z", "target_seconds": 8 * 3600}
    assert json.loads(done.stdout) == {
        **cycle,
        "cycles": [cycle | started],
        "split_seconds": {"provider": 3 * 3600, "client": 3600, "third_party": 0, "closed": 0},
    }
    again = kontor("-", given=json.dumps(SCENARIO).encode(), cwd=tmp_path)
    assert again.stdout == done.stdout


def test_one_line_for_each_scenario(tmp_path: Path) -> None:
    later = SCENARIO | {"now": "2026-11-25T12:00:00Z"}
    done = evaluated(SCENARIO, "", later, SCENARIO, "", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    states = [json.loads(line)["state"] for line in done.stdout.decode().splitlines()]
    assert states == ["running", "breached", "running"]


def test_the_answer_has_these_keys_and_no_others(tmp_path: Path) -> None:
    shown = json.loads(evaluated(SCENARIO, cwd=tmp_path).stdout)
    assert list(shown) == [
        "state", "due_at", "elapsed_seconds", "remaining_seconds", "breached_at", "finished_at",
        "cycles", "split_seconds",
    ]  # fmt: skip
    assert set(shown["cycles"][0]) == {
        "state", "started_at", "due_at", "finished_at", "breached_at", "target_seconds",
        "elapsed_seconds", "remaining_seconds",
    }  # fmt: skip
    assert set(shown["split_seconds"]) == {"provider", "client", "third_party", "closed"}


BAD: list[tuple[Any, str]] = [
    ("{", "not JSON"),
    ("", "scenario"),
    ("[]", "scenario"),
    ("null", "scenario"),
    ("[" * 200_000, "nested"),
    ('{"now": NaN}', "NaN"),
    ('{"now": -Infinity}', "Infinity"),
    ('{"now": ' + "9" * 5000 + "}", "number"),
    ('{"now": "2026-11-23T12:00:00Z", "now": 1}', "'now'"),
    *((changed(field, ...), field) for field in ("calendar", "policy", "events", "now")),
    *((changed(field, None), field) for field in ("calendar", "policy", "events", "now")),
    (changed("calendar.zone", ...), "calendar.zone"),
    (changed("calendar.zone", "Mars/Olympus"), "calendar.zone"),
    (changed("calendar.zone", "\ud800"), "calendar.zone"),
    (changed("calendar.zone", "x" * 5000), "calendar.zone"),
    (changed("calendar.zone", "Europe"), "calendar.zone"),
    (changed("calendar.week", ...), "calendar.week"),
    (changed("calendar.week", []), "calendar.week"),
    (changed("calendar.week.mon", [["09:00"]]), "calendar.week.mon"),
    (changed("calendar.week.mon", [["9", "17:00"]]), "calendar.week.mon"),
    (changed("calendar.week.mon", [["09:00", 17]]), "calendar.week.mon"),
    (changed("calendar.week.mon", None), "calendar.week.mon"),
    (changed("calendar.week.xyz", []), "calendar.week"),
    (changed("calendar.holidays", ["2026-02-30"]), "calendar.holidays"),
    (changed("calendar.holidays", "2026-02-28"), "calendar.holidays"),
    (changed("calendar.holidays", [20260228]), "calendar.holidays"),
    (changed("calendar.overrides", []), "calendar.overrides"),
    (changed("calendar.overrides", {"x": []}), "calendar.overrides"),
    (changed("calendar.overrides", {"2026-01-01": [["09:00", "25:00"]]}), "calendar.overrides"),
    (changed("policy.metric", ...), "policy.metric"),
    (changed("policy.metric", ["resolution"]), "policy.metric"),
    (changed("policy.target", ...), "policy.target"),
    (changed("policy.target", {}), "policy.target"),
    (changed("policy.target", 8), "policy.target"),
    (changed("policy.target", {"hours": -1}), "policy.target.hours"),
    (changed("policy.target", {"hours": "8"}), "policy.target.hours"),
    (changed("policy.target", {"hours": None}), "policy.target.hours"),
    (changed("policy.target", {"hours": True}), "policy.target.hours"),
    (changed("policy.target", {"hours": 1e308}), "policy.target.hours"),
    (changed("policy.target", {"hours": 10**100}), "policy.target.hours"),
    (changed("policy.target", {"hours": 8, "business_days": 1}), "policy.target"),
    (changed("policy.target", {"business_days": -1}), "policy.target.business_days"),
    (changed("policy.target", {"business_days": 1.5}), "policy.target.business_days"),
    (changed("policy.target", {"business_days": 1, "cutoff": "25:00"}), "policy.target.cutoff"),
    (changed("policy.target", {"business_days": 1, "cutoff": 15}), "policy.target.cutoff"),
    (changed("policy.reopen", "never"), "policy.reopen"),
    (changed("policy.change", 1), "policy.change"),
    (changed("events", {}), "events"),
    (changed("events.1", "opened"), "events[1]"),
    (changed("events.1.type", ...), "events[1].type"),
    (changed("events.1.type", "vanished\nquickly"), "events[1].type"),
    (changed("events.1.type", {}), "events[1].type"),
    (changed("events.1.at", ...), "events[1].at"),
    (changed("events.1.at", 0), "events[1].at"),
    (changed("events.1.at", "2026-11-23T10:00:00"), "events[1].at"),
    (changed("events.1.at", "yesterday"), "events[1].at"),
    (changed("events.1.at", "0001-01-01T00:00:00+14:00"), "events[1].at"),
    (changed("events.1.at", "9999-12-31T23:59:59-12:00"), "events[1].at"),
    (changed("events.1.cause", ...), "events[1].cause"),
    (changed("events.1.cause", "weather"), "events[1].cause"),
    (changed("events.1.by", "robot"), "events[1].by"),
    (changed("events.1", {"at": SCENARIO["now"], "type": "target_changed"}), "events[1].target"),
    (
        changed(
            "events.1",
            {"at": SCENARIO["now"], "type": "target_changed", "target": {"hours": -1}},
        ),
        "events[1].target.hours",
    ),
]


def test_bad_input_is_status_2_and_one_line_that_names_the_field(tmp_path: Path) -> None:
    for value, field in BAD:
        done = evaluated(value, cwd=tmp_path)
        said = done.stderr.decode("ascii")
        assert (done.returncode, done.stdout) == (2, b""), (value, said)
        assert said.count("\n") == 1, said
        assert field in said, said
        assert len(said) < 400, said


def test_a_bad_line_is_named_and_those_before_it_are_answered(tmp_path: Path) -> None:
    done = evaluated(SCENARIO, "", changed("policy.target", {"hours": -1}), SCENARIO, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stdout.count(b"\n") == 1
    assert done.stderr.startswith(b"line 3: policy.target.hours: ")
    broken = evaluated(SCENARIO, '{"now": ', cwd=tmp_path)
    assert (broken.returncode, broken.stderr[:7]) == (2, b"line 2:")


def test_what_cannot_be_read(tmp_path: Path) -> None:
    for words, given in (
        (("nowhere.json",), b""),
        ((".",), b""),
        (("-",), b"\xff\xfe{}"),
        (("-",), b" \n\n"),
    ):
        done = kontor(*words, given=given, cwd=tmp_path)
        assert (done.returncode, done.stdout, done.stderr.count(b"\n")) == (2, b"", 1)
    assert kontor("-", given=b"\xef\xbb\xbf" + json.dumps(SCENARIO).encode(), cwd=tmp_path).stdout


def test_it_starts_without_a_database_and_without_its_driver(tmp_path: Path) -> None:
    code = (
        "import sys; from app.cli.main import main\n"
        "try: main(['sla', 'evaluate', '-'])\n"
        "except SystemExit: pass\n"
        "print(sorted({'flask', 'sqlalchemy', 'psycopg', 'redis'} & set(sys.modules)))"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code],
        input=json.dumps(SCENARIO), capture_output=True, check=True, text=True,
    )  # fmt: skip
    assert loaded.stdout.splitlines()[-1] == "[]"
    start = perf_counter()
    assert kontor("-", given=json.dumps(SCENARIO).encode(), cwd=tmp_path).returncode == 0
    assert perf_counter() - start < 5


@pytest.mark.parametrize("extra", ["expected", "name"])
def test_what_it_does_not_know_is_left_alone(extra: str, tmp_path: Path) -> None:
    plain, more = (evaluated(one, cwd=tmp_path) for one in (SCENARIO, SCENARIO | {extra: 1}))
    assert plain.stdout == more.stdout
