"""The event log: sentences and the sessions they were heard in, as two Arrow tables.

A log is checked at the door and kept sorted by case, session, when, seq; whoever holds one need not check again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final

import pyarrow as pa
import pyarrow.compute as pc

from studies.events import SOURCES, VERBS, Sentence, Session, hint, unknown, why_not_a_sentence
from studies.troubles import WrongInput
from studies.words import _, in_a_row

if TYPE_CHECKING:
    import pandas as pd

TIME: Final = pa.timestamp("us", tz="UTC")

SENTENCES: Final = pa.schema(
    [
        pa.field("session", pa.string(), nullable=False),
        pa.field("case", pa.string(), nullable=False),
        pa.field("when", TIME, nullable=False),
        pa.field("until", TIME),
        pa.field("seq", pa.int32(), nullable=False),
        pa.field("actor", pa.string(), nullable=False),
        pa.field("verb", pa.string(), nullable=False),
        pa.field("about", pa.string()),
        pa.field("step", pa.string()),
        pa.field("channel", pa.string(), nullable=False),
        pa.field("agency", pa.string()),
        pa.field("cause", pa.string()),
        pa.field("sense", pa.string()),
        pa.field("value", pa.float64()),
    ]
)

SESSIONS: Final = pa.schema(
    [
        pa.field("session", pa.string(), nullable=False),
        pa.field("started", TIME, nullable=False),
        pa.field("ended", TIME),
        *(
            pa.field(name, pa.string())
            for name in (
                "source",
                "study",
                "task",
                "condition",
                "participant",
                "language",
                "device",
                "persona",
            )
        ),
        pa.field("hears", pa.list_(pa.string()), nullable=False),
    ]
)

ORDER: Final = [("case", "ascending"), ("session", "ascending"), ("when", "ascending"), ("seq", "ascending")]


@dataclass(frozen=True, slots=True)
class Log:
    """What was observed: `sentences` in the columns of SENTENCES, `sessions` in those of SESSIONS."""

    sentences: pa.Table
    sessions: pa.Table

    @classmethod
    def of(cls, sentences: Iterable[Sentence], sessions: Iterable[Session]) -> Log:
        """A log from things, checked. Raises WrongInput naming the first sentence that is none."""
        rows = [
            (s.session, s.case or s.session, s.when, s.until, s.seq, s.actor, s.verb, s.about or None)
            + (s.step or None, s.channel, s.agency or None, s.cause or None, s.sense or None, s.value)
            for s in sentences
        ]
        heard = [(*astuple(s)[:-1], sorted(s.hears)) for s in sessions]
        return cls.checked(_table(rows, SENTENCES), _table(heard, SESSIONS))

    @classmethod
    def checked(cls, sentences: pa.Table, sessions: pa.Table) -> Log:
        """A log from two tables: columns put in order, types made right, every row checked, sorted."""
        sentences, sessions = _conform(sentences, SENTENCES, "sentences"), _conform(sessions, SESSIONS, "sessions")
        _check_sessions(sessions)
        _check_sentences(sentences, sessions)
        return cls(sentences.sort_by(ORDER), sessions.sort_by("session"))

    @classmethod
    def together(cls, logs: Sequence[Log]) -> Log:
        """One log of several; a session told in two of them keeps its first row."""
        if not logs:
            return cls(SENTENCES.empty_table(), SESSIONS.empty_table())
        sentences = pa.concat_tables([log.sentences for log in logs]).sort_by(ORDER)
        sessions = pa.concat_tables([log.sessions for log in logs])
        first = sessions.append_column("row", pa.array(range(len(sessions)), pa.int64()))
        keep = first.group_by("session").aggregate([("row", "min")])["row_min"]
        return cls(sentences, sessions.take(keep).sort_by("session"))

    def only(self, sessions: Iterable[str]) -> Log:
        """The part of the log that these sessions make."""
        wanted = pa.array(list(sessions), pa.string())
        return Log(
            self.sentences.filter(pc.is_in(self.sentences["session"], wanted)),
            self.sessions.filter(pc.is_in(self.sessions["session"], wanted)),
        )

    def pandas(self) -> pd.DataFrame:
        """The sentences as a pandas frame, one row a sentence."""
        frame: pd.DataFrame = self.sentences.to_pandas()
        return frame

    def said(self) -> list[Sentence]:
        """The sentences as things, in the log's order. For logs that a person could read."""
        return [Sentence(**row) for row in self.sentences.to_pylist()]

    def heard(self) -> list[Session]:
        """The sessions as things."""
        return [Session(**{**row, "hears": frozenset(row["hears"])}) for row in self.sessions.to_pylist()]


def _table(rows: list[tuple], schema: pa.Schema) -> pa.Table:
    columns = list(zip(*rows, strict=True)) or [()] * len(schema)
    try:
        arrays = [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)]
    except (pa.ArrowInvalid, pa.ArrowTypeError, TypeError) as cause:
        raise WrongInput(
            _("A sentence does not fit the log: {cause}. Times need a zone; value is a number.").format(cause=cause)
        ) from cause
    return pa.table(arrays, schema=schema)


def _conform(table: pa.Table, schema: pa.Schema, what: str) -> pa.Table:
    for name in table.column_names:
        if name not in schema.names:
            raise WrongInput(
                _("The log's {what} have no column “{name}”. They have: {known}.{hint}").format(
                    what=what, name=name, known=in_a_row(schema.names), hint=hint(name, schema.names)
                )
            )
    for field in schema:
        if field.name not in table.column_names:
            if not field.nullable:
                raise WrongInput(
                    _("The log's {what} lack the column “{name}”, which every row needs.").format(
                        what=what, name=field.name
                    )
                )
            table = table.append_column(field.name, pa.nulls(len(table), field.type))
        if not field.nullable and table[field.name].null_count:
            raise WrongInput(
                _("The log's {what} have rows without “{name}”, which every row needs.").format(
                    what=what, name=field.name
                )
            )
    try:
        return table.select(schema.names).cast(schema)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as cause:
        raise WrongInput(_("The log's {what} do not fit: {cause}").format(what=what, cause=cause)) from cause


def _check_sessions(sessions: pa.Table) -> None:
    names = sessions["session"]
    if len(names.unique()) != len(names):
        twice = pc.value_counts(names).to_pylist()
        name = next(v["values"] for v in twice if v["counts"] > 1)
        raise WrongInput(_("Session “{name}” is listed twice. A session has one row.").format(name=name))
    for source in sessions["source"].unique().to_pylist():
        if source is not None and source not in SOURCES:
            raise WrongInput(unknown("source", source, SOURCES))
    for verb in {v for row in sessions["hears"].to_pylist() for v in row}:
        if verb not in VERBS:
            raise WrongInput(unknown("hears", verb, tuple(VERBS)))


def _check_sentences(sentences: pa.Table, sessions: pa.Table) -> None:
    kinds = sentences.group_by(["actor", "verb", "channel", "cause", "sense"]).aggregate([])
    for row in kinds.to_pylist():
        if why := why_not_a_sentence(**row):
            raise WrongInput(why)
    strangers = pc.filter(
        sentences["session"], pc.invert(pc.is_in(sentences["session"], sessions["session"].combine_chunks()))
    )
    if len(strangers):
        raise WrongInput(
            _("Sentences of session “{name}” have no row among the sessions.").format(name=strangers[0].as_py())
        )
    if pc.any(pc.invert(pc.is_finite(sentences["value"]))).as_py():
        raise WrongInput(_("A sentence's value is a number, or it is left out; this one is infinite or none (NaN)."))
    backwards = pc.fill_null(pc.less(sentences["until"], sentences["when"]), False)
    if pc.any(backwards).as_py():
        row = sentences.filter(backwards).slice(0, 1).to_pylist()[0]
        raise WrongInput(
            _("“{actor} {verb}” of session “{session}” ends ({until}) before it begins ({when}).").format(**row)
        )


def at(moment: datetime) -> str:
    """A moment as ISO text in UTC, to the microsecond where it needs it."""
    return moment.isoformat().replace("+00:00", "Z")
