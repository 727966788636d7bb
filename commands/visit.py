"""The command for field visits: a link to a checklist, what visitors found, and how far two of them agree."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands._options import Json
from commands._terminal import one_document, say
from studies.workspace import workspace


def visit(
    study: Annotated[str, typer.Argument(metavar="STUDY", help="The study that the visits belong to.")],
    service: Annotated[str | None, typer.Option(help="Make a link for visitors of this service.")] = None,
    kind: Annotated[
        str, typer.Option(help="Which checklist: a file of surveys/visits/, or the workspace's.")
    ] = "service_centre",
    condition: Annotated[str | None, typer.Option(help="What is visited: as_is, redesigned, …")] = None,
    qr: Annotated[Path | None, typer.Option(metavar="FILE", help="Write the link's QR code here (SVG).")] = None,
    serve: Annotated[bool, typer.Option("--serve", help="Serve the visitors' page until Ctrl-C.")] = False,
    port: Annotated[int, typer.Option(help="Where the page is served, on this machine only.")] = 8700,
    seal_unfinished: Annotated[
        bool, typer.Option("--seal-unfinished", help="Put visits into the log that were never ended, as they stand.")
    ] = False,
    json: Json = False,
) -> None:
    """List a study's visits and how far two raters agree; with --service make a link for visitors."""
    from analysis.observers import of_visits, over_all, visits_table
    from studies.store import Store
    from studies.words import _
    from surveys import visited
    from surveys.qr import qr_svg
    from surveys.visits_listed import link_of, links_of, made, told

    space = workspace()
    base = f"http://127.0.0.1:{port}"
    with one_document(json) as show:
        store = Store(space.database_url)
        try:
            new = link_of(base, made(store, study, kind, service, condition, space)) if service else None
            if new and qr is not None:
                qr.write_text(qr_svg(new), encoding="utf-8")
            visited.into_the_log(store, study, space, seal_unfinished)
            those = visited.told_of(store, study)
            rows = of_visits(those)
            document = {
                "study": study,
                "link": new,
                "links": links_of(store, study, base),
                "visits": [one.json() for one in those],
                "agreement": {"all": over_all(those), "items": [row.json() for row in rows]},
            }
            table = visits_table(rows)
            show(document, "\n".join(filter(None, [new, told(those), table.to_string(index=False) if rows else ""])))
        finally:
            store.close()
    if serve:
        import intake

        say(_("Visitors of {study} open the link. Ctrl-C closes the page.").format(study=study))
        intake.serve(space, port)
