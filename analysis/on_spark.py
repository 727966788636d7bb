"""Measuring a log that outgrows one machine: the function of `analysis/at_scale.py` on Apache Spark, case by case.

What a session's row tells (began, ended, what it hears) is put beside its sentences, the rows are shared out by case
and sorted as batches are. Each machine cuts its rows into whole cases and measures them. The results are those of
`analysis.at_scale`, in another order. Spark is an optional requirement (requirements-spark.txt) and needs Java.
"""

from __future__ import annotations

import os
import shutil
import sys
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from analysis import at_scale
from studies.log import SENTENCES
from studies.measuring.batch import Heard, V, batch_from
from studies.measuring.presets import Calendar, Presets
from studies.measuring.whole_cases import ROWS
from studies.troubles import Failed, WrongInput
from studies.words import _, language, say_in
from studies.workspace import CHECKOUT

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

#: What is sent to the machines of a cluster: the rooms that measuring needs.
ROOMS: Final = ("studies", "surveys", "analysis")
_TIMES: Final = ("when", "until")
_SAID: Final = [name for name in SENTENCES.names if name != "actor"]


def missing() -> str | None:
    """Why Spark cannot be had here, and how to get it; None when it can."""
    if None in (find_spec("pyspark"), find_spec("py4j")):
        return _("Spark is not installed. Get it with: {command}").format(
            command=f"{sys.executable} -m pip install -r {CHECKOUT / 'requirements-spark.txt'}"
        )
    if not shutil.which("java") and not os.environ.get("JAVA_HOME"):
        return _("Spark needs Java 17 or newer, and none was found. Debian, Ubuntu: apt install default-jre-headless")
    return None


def measured(
    parts: Sequence[tuple[Path, Path]], presets: Presets, master: str, names: Iterable[str] | None = None
) -> pa.Table:
    """The results of the sealed parts (sentences, sessions) of a study, with the reasons for what is no value."""
    with TemporaryDirectory(prefix="khutwa-spark-") as folder:
        out = Path(folder) / "results.parquet"
        write(parts, presets, master, out, names)
        return pq.read_table(out)


def write(
    parts: Sequence[tuple[Path, Path]], presets: Presets, master: str, out: Path, names: Iterable[str] | None = None
) -> None:
    """Write the results into the folder `out`, a Parquet file a partition. `master` is a Spark master's URL.

    Raises WrongInput without Spark or Java, or where `out` is there already; Failed when the cluster fails.
    """
    if why := missing():
        raise WrongInput(why)
    if out.exists():
        raise WrongInput(_("{path} is there already: move it away, or name another.").format(path=out))
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    try:
        with _session(master) as spark:
            found = _results(_rows(spark, parts), presets, list(names) if names else None)
            found.write.parquet(_address(out))
    except (PySparkException, Py4JError, RuntimeError) as cause:
        first = str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__
        raise Failed(_("Spark at {master} failed: {why}").format(master=master, why=first)) from cause


@contextmanager
def _session(master: str) -> Iterator[SparkSession]:
    """A line to the cluster, closed at the end. Nothing of it is left in the environment."""
    from pyspark.sql import SparkSession

    here = master.startswith("local")
    path = os.pathsep.join(filter(None, (str(CHECKOUT), os.environ.get("PYTHONPATH"))))
    told = {"PYSPARK_PYTHON": sys.executable, "PYSPARK_DRIVER_PYTHON": sys.executable, "PYTHONPATH": path}
    if here:
        told["SPARK_LOCAL_IP"] = "127.0.0.1"
    before = {name: os.environ.get(name) for name in told}
    os.environ.update(told if here else {})
    builder = SparkSession.builder.appName("khutwa measure").master(master)
    settings = {
        "spark.ui.enabled": "false",
        "spark.sql.session.timeZone": "UTC",
        "spark.sql.execution.arrow.maxRecordsPerBatch": str(1 << 17),
        **({"spark.driver.bindAddress": "127.0.0.1", "spark.driver.host": "127.0.0.1"} if here else {}),
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    with TemporaryDirectory(prefix="khutwa-rooms-") as folder:
        spark = None
        try:
            spark = builder.getOrCreate()
            spark.sparkContext.setLogLevel("ERROR")
            if not here:
                spark.sparkContext.addPyFile(str(_rooms(Path(folder))))
            yield spark
        finally:
            if spark is not None:
                spark.stop()
            for name, was in before.items():
                os.environ.pop(name, None)
                if was is not None:
                    os.environ[name] = was


def _rooms(folder: Path) -> Path:
    """The rooms that measuring needs, in one file that a cluster's machines import from."""
    packed = folder / "rooms.zip"
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        for room in ROOMS:
            for path in sorted((CHECKOUT / room).rglob("*.py")):
                file.write(path, path.relative_to(CHECKOUT))
    return packed


def _rows(spark: SparkSession, parts: Sequence[tuple[Path, Path]]) -> DataFrame:
    """Each sentence beside what its session's row tells, whole cases in one place and in the order of a batch."""
    from pyspark.sql import Window
    from pyspark.sql import functions as f

    said_in, heard_in = ([_address(path) for path in paths] for paths in zip(*parts, strict=True))
    said = spark.read.parquet(*said_in).select(
        *(f.unix_micros(name).alias(name) if name in _TIMES else f.col(name) for name in _SAID)
    )
    # Of a session that is told in two parts the earlier part's row holds, as everywhere.
    told_first = Window.partitionBy("session").orderBy("part")
    sessions = None
    for number, path in enumerate(heard_in):
        one = spark.read.parquet(path).withColumn("part", f.lit(number))
        sessions = one if sessions is None else sessions.unionByName(one)
    assert sessions is not None
    bits = sum((f.array_contains("hears", verb).cast("long") * (1 << code) for verb, code in V.items()), f.lit(0))
    heard = (
        sessions.withColumn("row", f.row_number().over(told_first))
        .where("row = 1")
        .select(
            f.col("session"),
            f.unix_micros("started").alias("started"),
            f.unix_micros("ended").alias("ended"),
            bits.cast("long").alias("hears"),
        )
    )
    rows = heard.join(said, "session", "left")  # of sittings in which nothing was said the row stays
    of_case = rows.withColumn("case", f.coalesce("case", "session"))
    return of_case.repartition("case").sortWithinPartitions("case", "started", "session", "when", "seq")


def _results(rows: DataFrame, presets: Presets, names: list[str] | None) -> DataFrame:
    from pyspark.sql.pandas.types import from_arrow_schema

    told, tongue = _told(presets), language()

    def part(batches: Iterable[pa.RecordBatch]) -> Iterable[pa.RecordBatch]:
        with say_in(tongue):
            yield from measured_of(batches, _presets(told), names)

    return rows.mapInArrow(part, from_arrow_schema(_plain(at_scale.schema(names, reasons=True))))


def measured_of(
    batches: Iterable[pa.RecordBatch], presets: Presets, names: Iterable[str] | None = None, rows: int = ROWS
) -> Iterator[pa.RecordBatch]:
    """The results of one partition's rows, sorted by case, of which a few batches are in memory at a time."""
    chosen = list(names) if names else None
    plain = _plain(at_scale.schema(chosen, reasons=True))
    for table in _whole_cases(batches, rows):
        said = table.filter(pc.is_valid(table["verb"]))
        found = at_scale.results(batch_from(said, Heard.beside(table)), presets, chosen, reasons=True)
        yield from pa.Table.from_batches([found]).cast(plain).combine_chunks().to_batches()


def _whole_cases(batches: Iterable[pa.RecordBatch], rows: int) -> Iterator[pa.Table]:
    held: list[pa.Table] = []
    enough = rows
    for batch in batches:
        held.append(pa.Table.from_batches([batch]))
        if sum(map(len, held)) < enough:
            continue
        table = pa.concat_tables(held)
        last = table["case"][-1]
        cut = int(np.argmax(pc.equal(table["case"], last).to_numpy()))
        if cut:
            yield table[:cut]
        held = [table[cut:]]
        enough = max(rows, 2 * (len(table) - cut))  # a case longer than that is not looked through again and again
    if any(len(table) for table in held):
        yield pa.concat_tables(held)


def _address(path: Path) -> str:
    return f"file://{path.absolute()}"  # Spark takes a name as it is: a study's folder has = and % in its


def _plain(schema: pa.Schema) -> pa.Schema:
    """The schema with words as words: Spark knows no dictionaries."""
    return pa.schema(
        [field.with_type(pa.string()) if pa.types.is_dictionary(field.type) else field for field in schema]
    )


def _told(presets: Presets) -> dict[str, Any]:
    """Presets as they travel: their thresholds are read-only here, which cannot be sent."""
    return {
        "name": presets.name,
        "silence": dict(presets.silence),
        "calendar": presets.calendar,
        "signs": presets.signs,
    }


def _presets(told: dict[str, Any]) -> Presets:
    calendar: Calendar = told["calendar"]
    return Presets(told["name"], told["silence"], calendar, told["signs"])
