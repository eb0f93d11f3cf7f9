"""A short selection of the fault laboratory, and that the reliability page tells of it as it is."""

from __future__ import annotations

import ast
import random
from pathlib import Path

import pytest

from tests.faults import page
from tests.faults.__main__ import last_line
from tests.faults.proven import PROVEN
from tests.faults.registry import Cannot, Ended, Fault, Lab, Row, load, need, run

QUICK = [one for one in load().values() if one.size == "quick"]


@pytest.mark.timeout(300)  # dozens of processes start and die in it, on whatever machine
@pytest.mark.parametrize("one", QUICK, ids=lambda one: one.name)
def test_a_shop_survives(one: Fault, tmp_path: Path) -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"python -m tests.faults --quick --only {one.name} --seed {seed}")
    ended = run(one, Lab(tmp_path / one.name, seed))
    if ended.failure is not None:
        raise ended.failure
    if ended.cannot:
        pytest.skip(ended.sentence)


def test_a_program_that_is_missing_is_named_with_what_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(Cannot, match="needs strace and nft: apt-get install strace nftables") as cannot:
        need("strace", "nft")
    lacking = Ended(str(cannot.value), 0.0, cannot=True, install=cannot.value.install)
    ok, bad = Ended("all well", 1.0), Ended("", 1.0, AssertionError())
    assert last_line([ok, ok], 7) == "2 of 2 kinds held; seed 7"
    assert last_line([ok, bad, lacking], 7) == (
        "1 of 2 kinds held, 1 more can't be shown on this machine (apt-get install nftables strace); seed 7"
    )


def test_a_fault_finds_its_folder_empty(tmp_path: Path) -> None:
    """What is left of a run that failed, or was ended in the middle, would count as orders that nobody placed."""

    def looks(lab: Lab) -> str:
        found = [path.name for path in lab.folder.iterdir()]
        (lab.folder / "left").touch()
        raise AssertionError(found)

    one = Fault("looks", Row("", "", "", ""), "quick", looks)
    for _ in range(2):
        assert str(run(one, Lab(tmp_path / "looks", 1)).failure) == "[]"
    assert (tmp_path / "looks" / "left").exists(), "there to look at"


def test_the_reliability_page_has_the_rows_that_are_shown() -> None:
    text = page.PAGE.read_text()
    assert text == page.renewed(text), "write it again with `python -m tests.faults --page`"


def test_every_row_that_is_proven_elsewhere_names_a_test_that_exists() -> None:
    for _, name in PROVEN:
        path, _, function = name.partition("::")
        tree = ast.parse((page.ROOT / path).read_text())
        found = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
        assert function in found, f"{name} does not exist"


def test_every_row_says_something() -> None:
    for row, _ in page.rows():
        for text in (row.what, row.seen, row.holds):
            assert len(text) > 5
            assert "|" not in text
            assert "\n" not in text
