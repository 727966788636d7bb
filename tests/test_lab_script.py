"""The one command: sets up once, keeps stdout for the command, survives interruptions and two at once.

Python, the browser and apt-get are played by small scripts that write down what they are told.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
TOOLS = [
    "sh",
    "cat",
    "cksum",
    "dirname",
    "env",
    "find",
    "head",
    "id",
    "ls",
    "mkdir",
    "mv",
    "readlink",
    "rm",
    "rmdir",
    "sleep",
    "uname",
    "touch",
]

PYTHON = """#!/bin/sh
echo "$0 $*" >>"$DIARY"
case "$*" in
*"-m venv"*) for last; do :; done; mkdir -p "$last/bin"; cp "$0" "$last/bin/python" ;;
*"pip install"*) echo "pip talks on stdout"; [ ! -f "$DIARY.broken" ] ;;
*cli.py*) shift; printf 'command: %s|' "$@"; echo "$SE_OFFLINE $STREAMLIT_SERVER_ADDRESS" ;;
*"pip --version"*) [ -f "${0%/bin/python}/.lab-requirements" ] ;;
esac
"""
OTHER = '#!/bin/sh\necho "$0 $*" >>"$DIARY"\n'


class House:
    """A checkout with nothing but the script, in a folder whose name has spaces, on a machine of pretended tools."""

    def __init__(self, folder: Path) -> None:
        self.root, self.bin, self.diary = folder / "my own checkout", folder / "bin", folder / "diary"
        (self.root / "tests").mkdir(parents=True)
        self.bin.mkdir()
        shutil.copy(ROOT / "lab", self.root / "lab")
        (self.root / "requirements.txt").write_text("nothing==1.0 # for nobody\n")
        (self.root / "requirements-alone.txt").write_text("a_file_in_a_wheel==1.0 # for one file\n")
        (self.root / "tests" / "requirements.txt").write_text("hardly_anything==1.0 # for tests\n")
        for tool in (*TOOLS, "cp"):
            if found := shutil.which(tool):
                (self.bin / tool).symlink_to(found)
        self.tool("python3", PYTHON)
        for other in ("chromium", "chromedriver", "apt-get"):
            self.tool(other, OTHER)

    def tool(self, name: str, text: str) -> None:
        (self.bin / name).unlink(missing_ok=True)
        (self.bin / name).write_text(text)
        (self.bin / name).chmod(0o755)

    def start(self, *words: str) -> subprocess.Popen[str]:
        env = {"PATH": str(self.bin), "DIARY": str(self.diary), "HOME": str(self.root.parent)}
        return subprocess.Popen(
            [self.root / "lab", *words], cwd="/", env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )

    def lab(self, *words: str) -> tuple[int, str, str]:
        process = self.start(*words)
        out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    def installs(self) -> int:
        return sum("pip install" in line and "--no-deps" not in line for line in self.diary.read_text().splitlines())


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_it_is_posix_shell() -> None:
    for shell in ("sh", "dash"):
        if shutil.which(shell):
            subprocess.run([shell, "-n", ROOT / "lab"], check=True)


def test_the_first_run_sets_up_and_the_command_has_stdout_to_itself(house: House) -> None:
    code, out, err = house.lab("measure", "a name with spaces", "--json")
    assert code == 0
    assert out == "command: measure|command: a name with spaces|command: --json|true 127.0.0.1\n"
    assert "pip talks on stdout" in err
    assert "lab: ready." in err
    assert not (house.root / ".venv.lock").exists()


def test_the_second_run_only_runs(house: House) -> None:
    house.lab("measure")
    assert house.lab("measure") == (0, "command: measure|true 127.0.0.1\n", "")
    assert house.installs() == 1


def test_other_requirements_are_installed(house: House) -> None:
    house.lab("measure")
    (house.root / "requirements.txt").write_text("nothing==2.0 # for nobody\n")
    house.lab("measure")
    assert house.installs() == 2


def test_of_some_wheels_only_a_file_is_wanted(house: House) -> None:
    house.lab("measure")
    house.lab("measure")
    (alone,) = [line for line in house.diary.read_text().splitlines() if "--no-deps" in line]
    assert alone.endswith("requirements-alone.txt")


def test_what_tests_need_is_installed_for_tests_only(house: House) -> None:
    house.lab("measure", "test")
    assert house.installs() == 1
    house.lab("test", "--quick")
    assert house.installs() == 2
    assert "tests/requirements.txt" in house.diary.read_text()


def test_a_failed_install_says_what_to_do_and_the_next_run_goes_on(house: House) -> None:
    broken = Path(f"{house.diary}.broken")
    broken.touch()
    code, out, err = house.lab("measure", "--json")
    assert (code, out) == (1, "")
    assert "needs a network" in err
    assert not (house.root / ".venv.lock").exists()
    broken.unlink()
    assert house.lab("measure")[0] == 0


def test_two_at_once_set_up_once(house: House) -> None:
    both = [house.start("measure"), house.start("measure")]
    assert [process.communicate(timeout=60)[0] for process in both] == ["command: measure|true 127.0.0.1\n"] * 2
    assert house.installs() == 1


def test_a_lock_whose_holder_died_is_taken_over(house: House) -> None:
    gone = subprocess.Popen(["true"])
    gone.wait()
    (house.root / ".venv.lock").mkdir()
    (house.root / ".venv.lock" / "holder").write_text(f"{gone.pid}\n")
    assert house.lab("measure")[0] == 0
    assert not (house.root / ".venv.lock").exists()


def test_without_python_it_says_which_is_needed(house: House) -> None:
    (house.bin / "python3").unlink()
    (house.bin / "apt-get").unlink()
    code, out, err = house.lab("measure")
    assert (code, out) == (1, "")
    assert "Python 3.11 or newer is needed" in err


def test_without_a_browser_it_says_how_to_get_one(house: House) -> None:
    (house.bin / "chromium").unlink()
    (house.bin / "apt-get").unlink()
    house.tool("python3", PYTHON.replace("esac", "*binary_paths*) exit 1 ;;\nesac"))
    code, _out, err = house.lab("measure")
    assert code == 1
    assert "Install Google Chrome or Chromium" in err
    house.tool("chromium", OTHER)
    assert house.lab("measure")[0] == 0
    assert house.installs() == 1


def test_a_browser_that_was_fetched_is_handed_on(house: House) -> None:
    (house.bin / "chromium").unlink()
    (house.bin / "apt-get").unlink()
    script = PYTHON.replace("esac", '*binary_paths*) echo "/a folder/chrome" ;;\nesac')
    house.tool("python3", script.replace("$STREAMLIT_SERVER_ADDRESS", "$KHUTWA_BROWSER"))
    for _again in range(2):
        assert house.lab("measure")[1] == "command: measure|true /a folder/chrome\n"


def test_root_installs_a_browser_where_there_is_none(house: House) -> None:
    (house.bin / "chromium").unlink()
    house.tool("id", "#!/bin/sh\necho 0\n")
    house.tool("apt-get", OTHER + f'case "$*" in *chromium*) cp "$0" "{house.bin}/chromium" ;; esac\n')
    assert house.lab("measure")[:2] == (0, "command: measure|true 127.0.0.1\n")
    said = house.diary.read_text()
    assert said.index("apt-get -qq update") < said.index("install -y --no-install-recommends chromium chromium-driver")


def test_the_script_itself_may_be_linked_to(house: House, tmp_path: Path) -> None:
    link = tmp_path / "khutwa"
    link.symlink_to(house.root / "lab")
    env = {"PATH": str(house.bin), "DIARY": str(house.diary), "HOME": str(tmp_path)}
    done = subprocess.run([link, "measure"], cwd="/", env=env, capture_output=True, text=True)
    assert done.stdout == "command: measure|true 127.0.0.1\n"
