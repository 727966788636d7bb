"""A study as one file that somebody else can check: what was planned, what was observed, what was made of it, by what.

    protocol/protocol.json     frozen, with its hash and every amendment
    log/                       sentences and sessions, Parquet (what is measured) and CSV (to be read anywhere)
    codebook.csv               every column of every table, and every metric
    answers/                   what participants answered, with a codebook of its own
    analysis/                  each session's metrics, the comparison, what was planned
    report/                    the report, a file a language
    versions.json              the lab, Python and the libraries
    MANIFEST.sha256            the SHA-256 of each file: `sha256sum -c MANIFEST.sha256`

`./lab measure` on the file, or on its folder, gives the numbers of analysis/measured.json.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import platform
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from importlib.metadata import distributions
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from analysis.comparison import Metric, compare
from analysis.measure import Measured, measure, metrics
from analysis.planned import analysed, scores_of
from analysis.report import material_of, report
from studies import archive
from studies.log import SENTENCES, SESSIONS, Log
from studies.packed import MANIFEST, SENTENCES_FILE, SESSIONS_FILE
from studies.planning.freezing import frozen
from studies.planning.study import Study
from studies.store import Store
from studies.troubles import WrongInput
from studies.words import _, languages, say_in
from studies.workspace import Workspace
from surveys.exporting import write as write_answers

#: A zip's own clock begins here: the same study makes the same bytes.
EPOCH: Final = (1980, 1, 1, 0, 0, 0)

MEANS: Final = {
    "session": "One sitting of one citizen with a service",
    "case": "One need, over all its sessions",
    "when": "When it began, UTC, to the microsecond",
    "until": "When it ended, where it lasts",
    "seq": "Order of writing where times tie",
    "actor": "citizen, service or lab",
    "verb": "What was done; see DESIGN in the README",
    "about": "The page, datum, document, party or outcome; never a value that somebody typed",
    "step": "The step of the journey's script",
    "channel": "web, mobile, phone, chat, video, desk or post",
    "agency": "Whose service",
    "cause": "Of the wait or refusal, as heard",
    "sense": "Of responds: seen or heard; none means both",
    "value": "A rating, citizens under load, or the shortest path in steps",
    "started": "When the session began, UTC",
    "ended": "When hearing ended",
    "source": "robot, participant, load, call, chat, case or observer",
    "study": "The study",
    "task": "The journey",
    "condition": "The variant of the service",
    "participant": "A pseudonym",
    "language": "The language of the pages",
    "device": "What it was done with",
    "persona": "Whom a robot pretended to be",
    "hears": "The verbs that this source can hear, separated by spaces in CSV",
}


def pack(study: str, space: Workspace, out: Path, now: datetime) -> Path:
    """Write a study's evidence pack. Raises WrongInput where the study has not started or was not observed."""
    protocol = frozen(study, space)
    if protocol is None:
        raise WrongInput(
            _(
                "“{study}” has no frozen protocol: it was not run as a study. ./lab study run {study} begins one."
            ).format(study=study)
        )
    log = archive.read(study, space)
    files: dict[str, bytes] = {"protocol/protocol.json": _json(protocol.json())}
    measured = measure(log)
    study_told = Study.model_validate(protocol.protocol)
    planned = analysed(study_told, log, measured, scores_of(study_told, space))
    files["analysis/planned.json"] = _json(planned)
    files |= _of_log(log) | _of_analysis(log, measured) | _answers(study, space)
    for tongue in languages():
        with say_in(tongue):
            files[f"report/{tongue}.html"] = report(material_of(study, space, now), tongue).encode()
    files["codebook.csv"] = _codebook()
    files["versions.json"] = _json(versions(now))
    files["README.txt"] = (__doc__ or "").encode()
    lines = [f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(files.items())]
    files[MANIFEST] = "".join(lines).encode()
    return _zipped(files, out)


def versions(now: datetime) -> dict[str, Any]:
    """By what the numbers were made."""
    here = {one.metadata["Name"]: one.version for one in distributions() if one.metadata["Name"]}
    return {
        "packed": now.isoformat(),
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "libraries": dict(sorted(here.items(), key=lambda one: one[0].lower())),
        "metrics": {name: hashlib.sha256(Path(m.__file__).read_bytes()).hexdigest() for name, m in _metrics()},
    }


def _metrics() -> list[tuple[str, Any]]:
    return list(metrics().items())


def _of_log(log: Log) -> dict[str, bytes]:
    flat = log.sessions.set_column(
        SESSIONS.get_field_index("hears"),
        "hears",
        pa.array([" ".join(one) for one in log.sessions["hears"].to_pylist()], pa.string()),
    )
    return {
        SENTENCES_FILE: _parquet(log.sentences),
        SESSIONS_FILE: _parquet(log.sessions),
        "log/sentences.csv": _table_csv(log.sentences),
        "log/sessions.csv": _table_csv(flat),
    }


def _of_analysis(log: Log, measured: Measured) -> dict[str, bytes]:
    told = measured.json()
    per_session = [
        [session, metric, one.state, one.value, one.reason]
        for session, row in measured.sessions.items()
        for metric, one in row.items()
    ]
    known = [Metric(name, m.TITLE, m.UNIT, m.BETTER) for name, m in _metrics()]
    compared = []
    for row in compare(log, measured.sessions, known):
        shift = row.difference
        compared.append(
            [
                *(row.journey, row.who, row.metric, row.unit),
                *(row.as_is.n, row.as_is.value, row.as_is.low, row.as_is.high, row.as_is.kind),
                *(row.redesigned.n, row.redesigned.value, row.redesigned.low, row.redesigned.high, row.redesigned.kind),
                *((shift.value, shift.low, shift.high, shift.verdict, shift.reason) if shift else ("",) * 5),
            ]
        )
    heads = ["journey", "who", "metric", "unit"]
    heads += [f"{side}_{what}" for side in ("as_is", "redesigned") for what in ("n", "value", "low", "high", "kind")]
    heads += ["difference", "difference_low", "difference_high", "verdict", "reason"]
    return {
        "analysis/measured.json": _json(told),
        "analysis/sessions.csv": _csv(["session", "metric", "state", "value", "reason"], per_session),
        "analysis/comparison.csv": _csv(heads, compared),
        "analysis/summary.json": _json(told["summary"]),
    }


def _answers(study: str, space: Workspace) -> dict[str, bytes]:
    store = Store(space.database_url)
    try:
        if study not in store.studies() or not store.invitations(study):
            return {}
        with tempfile.TemporaryDirectory() as folder:
            written = write_answers(store, study, "csv", Path(folder) / "answers.csv", space)
            return {f"answers/{path.name}": path.read_bytes() for path in written}
    finally:
        store.close()


def _codebook() -> bytes:
    rows: list[Sequence[Any]] = []
    for table, schema in (("log/sentences", SENTENCES), ("log/sessions", SESSIONS)):
        rows += [[table, one.name, str(one.type), "", MEANS[one.name]] for one in schema]
    rows += [["analysis", name, m.UNIT, m.BETTER, f"{m.TITLE}: {m.MEANING}"] for name, m in _metrics()]
    return _csv(["table", "column", "type or unit", "better", "meaning"], rows)


def _zipped(files: Mapping[str, bytes], out: Path) -> Path:
    beside = out.with_name(f".{out.name}.part")
    out.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(beside, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in sorted(files.items()):
            entry = zipfile.ZipInfo(name, EPOCH)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            made.writestr(entry, data)
    beside.replace(out)
    return out


def _json(told: Any) -> bytes:
    return (json.dumps(told, ensure_ascii=False, indent=1, allow_nan=False) + "\n").encode()


def _csv(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    file = io.StringIO(newline="")
    out = csv.writer(file, lineterminator="\n")
    out.writerow(heads)
    out.writerows(["" if cell is None else cell for cell in row] for row in rows)
    return file.getvalue().encode()


def _parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink, compression="zstd")
    return sink.getvalue()


def _table_csv(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pa_csv.write_csv(table, sink)
    return sink.getvalue()
