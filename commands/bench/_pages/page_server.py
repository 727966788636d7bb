"""The workbench with one empty page more, to know what a page costs that shows nothing: python -m … PORT."""

from __future__ import annotations

import sys
from typing import Final

import streamlit as st
from streamlit.navigation.page import StreamlitPage
from streamlit.web import bootstrap

from studies import page_door as door
from studies.workspace import CHECKOUT

EMPTY: Final = "empty"


def empty() -> None:
    """A heading and nothing else."""
    st.title("Empty", anchor=False)


def serve(port: int) -> None:
    """Serve app.py as it is, with the empty page listed last."""
    listed = door.pages

    def with_empty(groups: door.Pages) -> StreamlitPage:
        return listed({**groups, "Bench": [st.Page(empty, title="Empty", url_path=EMPTY)]})

    door.pages = with_empty
    options = {"server.port": port, "server.headless": True, "server.fileWatcherType": "none"}
    bootstrap.load_config_options(options)
    bootstrap.run(str(CHECKOUT / "app.py"), False, [], options)


if __name__ == "__main__":
    serve(int(sys.argv[1]))
