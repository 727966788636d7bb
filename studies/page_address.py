"""What is chosen on a page stays in its address, so that a link to it can be sent to a colleague."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st


def heed_address(key: str, known: Sequence[str]) -> None:
    """Let what the address asks for (`?study=demo`) be the choice, when the address is new and asks for what exists.

    Streamlit's own binding would write the words of the choice, not its key, and those change with the language.
    """
    asked, written = st.query_params.get(key), st.session_state.get(f"written {key}")
    if asked in known and (asked != written or _page() != st.session_state.get(f"page of {key}")):
        st.session_state[key] = asked
    elif key in st.session_state and st.session_state[key] not in known:
        del st.session_state[key]


def _page() -> str | None:
    """Which page this is. One that was reached by a link shows what the link asks for, whatever was chosen before."""
    return st.context.url


def gone(key: str, known: Sequence[str]) -> str | None:
    """What the address asked for and is not there (any more), until another choice is made; None: nothing."""
    asked = st.query_params.get(key)
    if asked and asked != st.session_state.get(f"written {key}"):
        st.session_state[f"gone {key}"] = None if asked in known else asked
    lost: str | None = st.session_state.get(f"gone {key}")
    return lost


def go_to(key: str, choice: str) -> None:
    """Make a choice on the reader's behalf, and show the page anew with it."""
    st.query_params[key] = choice
    st.session_state.pop(f"written {key}", None)
    st.rerun()


def note_in_address(key: str, choice: str | None) -> None:
    """Write a choice into the address, so that a link to this page can be sent to a colleague."""
    st.session_state[f"written {key}"], st.session_state[f"page of {key}"] = choice, _page()
    if st.query_params.get(key) == choice:
        return
    if choice is None:
        del st.query_params[key]
    else:
        st.query_params[key] = choice
