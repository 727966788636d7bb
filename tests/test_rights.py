"""Who may what: every page and command is in the one table, refuses whoever has no right, and says whom to ask."""

from __future__ import annotations

import ast
import os
import pwd
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from streamlit.testing.v1 import AppTest

from commands._listing import allowed, every_command
from studies.house import audit, giving_roles, people, rights, sign_in
from studies.house.people import Person, Roles, at_the_command_line, signed_in
from studies.troubles import WrongInput
from studies.workspace import CHECKOUT, Workspace

TABLE = "studies/house/rights.yaml"
ASK = "Ann Smith <ann@agency.example>"
ROLES_YAML = f"""ask: {ASK}
people:
  ann@agency.example: admin
  "subject:42": [qa]
  group:service-design: [designer]
  account:nobody-here: [leader]
"""


@pytest.fixture
def space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Workspace:
    """An empty workspace, in force."""
    monkeypatch.setenv("KHUTWA_WORKSPACE", str(tmp_path / "workspace"))
    for name in ("KHUTWA_DATABASE", "KHUTWA_ROLE", "KHUTWA_SECRETS", "KHUTWA_SIGN_IN"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "workspace").mkdir()
    return Workspace(tmp_path / "workspace")


@pytest.fixture(autouse=True)
def _nobody_stays_at_work() -> Iterator[None]:
    yield
    people.act_as(None)


def listed_pages() -> dict[str, str]:
    """Every page that app.py lists: address to file."""
    found = {}
    for node in ast.walk(ast.parse((CHECKOUT / "app.py").read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "Page":
            named = {word.arg: word.value for word in node.keywords}
            address = ast.literal_eval(named["url_path"]) if "url_path" in named else "start"
            found[str(address)] = str(ast.literal_eval(node.args[0]))
    return found


PAGES = listed_pages()
COMMANDS = sorted(every_command())


# --- the one table ----------------------------------------------------------------------------------------------------


def test_every_page_file_is_listed_and_has_a_line() -> None:
    files = {str(p.relative_to(CHECKOUT)) for p in CHECKOUT.glob("*/page_*.py")}
    no_pages = {"studies/page_look.py", "studies/page_door.py"}
    widgets = {
        file for file in files - {*PAGES.values()} - no_pages if "look.heading(" in (CHECKOUT / file).read_text()
    }
    assert not widgets, f"app.py lists no page for {sorted(widgets)}: nobody can open them"
    missing = [address for address in PAGES if address not in rights.table("pages")]
    assert not missing, f"{TABLE} has no line under pages: for {missing}. Write who may open them."


def test_every_command_has_a_line() -> None:
    missing = [command for command in COMMANDS if command not in rights.table("commands")]
    assert not missing, f"{TABLE} has no line under commands: for {missing}. Write who may run them."


def test_a_pages_address_is_its_files_name() -> None:
    strange = {a: f for a, f in PAGES.items() if Path(f).stem.removeprefix("page_").replace("_", "-") != a}
    assert not strange, f"look.way hides a link by the file's name, so that url_path must be that name: {strange}"


def test_a_page_or_command_without_a_line_is_an_admins_alone() -> None:
    forgotten = rights.right("pages", "forgotten")
    assert [role for role in rights.ROLES if forgotten.may([role])] == ["admin"]


def test_what_is_noted_of_a_command_is_something_that_it_is_given() -> None:
    from importlib import import_module

    strange = []
    for command in COMMANDS:
        noted = rights.right("commands", command).notes
        name = command.replace("-", "_").split(" ")
        folder = "commands." + ".".join(name)
        module = next(m for m in (folder, f"{folder}_") if (CHECKOUT / f"{m.replace('.', '/')}.py").exists())
        do = getattr(import_module(module), module.rsplit(".", 1)[1])
        strange += [f"{command}: {one}" for one in noted or () if one not in do.__annotations__]
    assert not strange, f"{TABLE} notes what the command does not take: {strange}"


def test_pages_that_do_something_note_it() -> None:
    """A button that hands out, begins or changes something is in the audit trail; the table says which."""
    silent = []
    for address, file in PAGES.items():
        text = (CHECKOUT / file).read_text(encoding="utf-8")
        noted = rights.right("pages", address).notes
        if (
            noted is None
            and re.search(r"download_button\(|form_submit_button\(|type=\"primary\"", text)
            and address != "who-may"
        ):
            silent.append(address)
    assert not silent, f"{TABLE} says of no button of {silent} what the audit trail tells of it (notes: [] for nothing)"


# --- commands ---------------------------------------------------------------------------------------------------------


def test_alone_on_a_machine_one_may_everything(space: Workspace) -> None:
    person = at_the_command_line(space)
    assert all(rights.right("commands", command).may(person.roles) for command in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_refuses_whoever_has_no_right(
    space: Workspace, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    (space.root / "roles.yaml").write_text(ROLES_YAML)
    monkeypatch.setattr(people, "at_the_command_line", None)
    monkeypatch.setattr("commands._listing.at_the_command_line", lambda _space: Person("eve", frozenset()))
    ran = []
    door = allowed(command, lambda: ran.append(command))
    if rights.ANYBODY in rights.right("commands", command).who:
        door()
        return
    with pytest.raises(WrongInput, match=f"(?s)./lab {command} is for: .*You are eve.*{re.escape(ASK)}"):
        door()
    assert ran == []
    assert [(line["what"], line["doing"], line["who"]) for line in audit.lines(space)][-1][:2] == ("refused", command)


def test_the_command_line_itself_refuses(space: Workspace) -> None:
    for words in (["load", "x.yaml"], ["study", "erase", "demo", "--participant", "p"], []):
        told = subprocess.run(
            [sys.executable, "cli.py", *words], cwd=CHECKOUT, capture_output=True, text=True, check=False,
            env={**os.environ, "KHUTWA_ROLE": "leader" if words else "nonsense"},
        )  # fmt: skip
        assert told.returncode == 2
        assert ("is for:" if words else "The roles are") in told.stderr


def test_a_role_from_outside_narrows_and_never_widens(space: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHUTWA_ROLE", "qa")
    assert at_the_command_line(space).roles == {"qa"}
    (space.root / "roles.yaml").write_text(ROLES_YAML)
    monkeypatch.setattr(people, "account", lambda: "nobody-here")
    monkeypatch.setattr(os, "getuid", lambda: 4242)  # somebody who does not own roles.yaml
    assert at_the_command_line(space).roles == frozenset()
    monkeypatch.setenv("KHUTWA_ROLE", "leader")
    assert at_the_command_line(space).roles == {"leader"}
    monkeypatch.delenv("KHUTWA_ROLE")
    assert at_the_command_line(space).roles == {"leader"}


# --- people -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("claims", "roles"),
    [
        ({"email": "Ann@agency.example", "email_verified": True}, {"admin"}),
        ({"email": "ann@agency.example"}, set()),  # anybody may type an address
        ({"email": "ann@agency.example", "email_verified": "true"}, set()),
        ({"sub": "42", "email": "x@y.example"}, {"qa"}),
        ({"sub": "7", "groups": ["service-design", "others"]}, {"designer"}),
        ({"sub": "7", "groups": "service-design"}, {"designer"}),
        ({"sub": "7", "email": "group:service-design", "email_verified": True}, set()),  # an address is no group
        ({}, set()),
    ],
)
def test_what_the_provider_says_gives_roles(space: Workspace, claims: dict[str, Any], roles: set[str]) -> None:
    (space.root / "roles.yaml").write_text(ROLES_YAML)
    assert signed_in(claims, space).roles == roles


def test_without_roles_nobody_who_signs_in_has_one(space: Workspace) -> None:
    assert signed_in({"sub": "42"}, space).roles == frozenset()


@pytest.mark.parametrize("text", ["people: [a]", "people: {a@b: boss}", "people: {", "- x"])
def test_a_roles_file_that_is_wrong_gives_nobody_anything(space: Workspace, text: str) -> None:
    (space.root / "roles.yaml").write_text(text)
    with pytest.raises(WrongInput, match=r"roles\.yaml"):
        at_the_command_line(space)


def test_who_runs_a_command_is_whom_the_machine_knows_not_whom_the_environment_names(
    space: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "ann")
    (space.root / "roles.yaml").write_text("people: {account:ann: [designer]}\n")
    person = at_the_command_line(space)
    assert "designer" not in person.roles
    assert person.name == people.acting() == pwd.getpwuid(os.getuid()).pw_name != "ann"

    def nameless(_uid: int) -> None:
        raise KeyError("uid not found")

    monkeypatch.setattr(pwd, "getpwuid", nameless)
    assert people.account() == f"uid {os.getuid()}"


def test_roles_are_given_and_taken_back_and_remarks_stay(space: Workspace) -> None:
    giving_roles.give("ann@agency.example", ("designer", "qa"), space)
    path = space.root / "roles.yaml"
    path.write_text(path.read_text() + "  # the remark stays\n")
    giving_roles.give("group:desk", ("moderator",), space)
    giving_roles.give("ann@agency.example", ("leader",), space)
    told = people.read_roles(space)
    assert told is not None
    assert told.people["ann@agency.example"] == ("leader",)
    assert told.people["group:desk"] == ("moderator",)
    assert "the remark stays" in path.read_text()
    giving_roles.give("ann@agency.example", (), space)
    assert "ann@agency.example: " not in path.read_text()
    with pytest.raises(WrongInput, match="Nobody would be left"):
        giving_roles.give(f"account:{people.account()}", ("qa",), space)
    with pytest.raises(WrongInput, match="no role"):
        giving_roles.give("ann@agency.example", ("boss",), space)
    path.write_text("people: {ann@agency.example: admin, bob@agency.example: qa}\n")
    with pytest.raises(WrongInput, match="by hand"):
        giving_roles.give("eve@agency.example", ("qa",), space)
    assert yaml.safe_load(path.read_text())["people"]["bob@agency.example"] == "qa"


# --- pages ------------------------------------------------------------------------------------------------------------


def opened(page: str) -> AppTest:
    """The workbench with one of its pages opened by its address."""
    app = AppTest.from_file(str(CHECKOUT / "app.py"), default_timeout=60)
    app.run()
    app.switch_page(page)
    return app.run()


@pytest.mark.parametrize("address", [address for address in PAGES if address not in ("start", "who-may")])
def test_a_page_refuses_whoever_has_no_right(space: Workspace, monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    (space.root / "roles.yaml").write_text(ROLES_YAML)
    monkeypatch.setattr("studies.page_door.at_the_command_line", lambda _space: Person("eve", frozenset()))
    app = opened(PAGES[address])
    assert [word.value for word in app.warning] == [
        f"This page is for: {rights.right('pages', address).told()}. You are eve and have: no role."
    ]
    assert "Ann Smith" in app.markdown[0].value
    assert not app.exception
    assert not [button for button in app.button if button.key != "sign_out"]


def test_a_leader_sees_a_leaders_pages(space: Workspace, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KHUTWA_ROLE", "leader")
    app = opened("analysis/page_report.py")
    assert not app.exception and not app.warning
    assert [word.value for word in opened("studies/page_audit.py").warning] != []


def test_an_admin_gives_a_role_on_the_page_and_it_is_noted(space: Workspace) -> None:
    app = opened("studies/page_who_may.py")
    assert not app.exception
    app.text_input(key="role_who").set_value("lea@agency.example")
    app.multiselect(key="role_roles").set_value(["leader"])
    next(button for button in app.button if button.label == "Give").click()
    app.run()
    assert not app.exception and not app.error
    told = people.read_roles(space)
    assert told is not None and told.people["lea@agency.example"] == ("leader",)
    begins, ends = audit.lines(space)
    assert (begins["doing"], begins["person"], begins["role"], ends["ending"]) == (
        "role",
        "lea@agency.example",
        ["leader"],
        "done",
    )


def test_the_trail_is_shown_and_a_change_in_it_is_told(space: Workspace) -> None:
    for n in range(4):
        audit.did(space, "export", study=f"s{n}")
    app = opened("studies/page_audit.py")
    assert [word.value for word in app.success] == ["4 lines, each linked to the one before it."]
    assert list(app.table[0].value["With what"]) == [f"study: s{n}" for n in (3, 2, 1, 0)]
    path = audit.file_of(space)
    path.write_bytes(path.read_bytes().replace(b"s1", b"s7"))
    app = opened("studies/page_audit.py")
    assert "line 3 does not follow" in app.error[0].value.replace("\\", "")


# --- where it listens -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("listens", "headers", "needed"),
    [
        ("127.0.0.1", {"Host": "127.0.0.1:8501"}, False),
        ("localhost", {"Host": "localhost:8501"}, False),
        ("::1", {"Host": "[::1]:8501"}, False),
        ("0.0.0.0", {"Host": "127.0.0.1:8501"}, True),
        (None, {"Host": "127.0.0.1:8501"}, True),  # Streamlit's own default is every address
        ("10.0.0.5", {}, True),
        ("127.0.0.1", {"Host": "khutwa.agency.example"}, True),  # a proxy, or a name that was made to lead here
        ("127.0.0.1", {"Host": "127.0.0.1", "X-Forwarded-For": "10.1.1.1"}, True),
        ("127.0.0.1", {"Host": "127.0.0.1", "Forwarded": "for=10.1.1.1"}, True),
    ],
)
def test_only_on_this_machine_alone_nobody_signs_in(listens: str | None, headers: dict[str, str], needed: bool) -> None:
    assert sign_in.needed(listens, headers, {}) is needed
    assert sign_in.needed(listens, headers, {"KHUTWA_SIGN_IN": "yes"})


def test_it_listens_on_this_machine_alone_unless_told() -> None:
    config = (CHECKOUT / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    assert 'address = "127.0.0.1"' in config
    import intake

    with intake._listening(0) as door:
        assert door.getsockname()[0] == "127.0.0.1"


GOOD = sign_in.EXAMPLE.replace("32 or more random characters: openssl rand -hex 32", "0123456789abcdef" * 2)


@pytest.mark.parametrize(
    ("secrets", "roles", "why"),
    [
        (None, ROLES_YAML, "no sign-in is set up"),
        ("[auth]\n", ROLES_YAML, "lacks under .auth.: redirect_uri"),
        (GOOD.replace("client_secret", "secret"), ROLES_YAML, "lacks under .auth.: client_secret"),
        (GOOD.replace("0123456789abcdef" * 2, "short"), ROLES_YAML, "could be guessed"),
        (GOOD.replace("https://khutwa", "http://khutwa"), ROLES_YAML, "must begin with https"),
        (GOOD.replace("/oauth2callback", "/back"), ROLES_YAML, "oauth2callback"),
        ("[auth", ROLES_YAML, "cannot be read"),
        (GOOD, None, "gives nobody one"),
    ],
)
def test_it_does_not_listen_on_a_network_without_a_sign_in(
    space: Workspace, secrets: str | None, roles: str | None, why: str
) -> None:
    if secrets is not None:
        (space.root / "secrets.toml").write_text(secrets)
    if roles is not None:
        (space.root / "roles.yaml").write_text(roles)
    with pytest.raises(WrongInput, match=why):
        sign_in.ready(space)


def test_with_all_there_it_is_ready(space: Workspace) -> None:
    (space.root / "secrets.toml").write_text(GOOD)
    (space.root / "roles.yaml").write_text(ROLES_YAML)
    assert sign_in.ready(space) == space.root / "secrets.toml"
    assert Roles({}).of(["ann@agency.example"]) == frozenset()
