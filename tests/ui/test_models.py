"""List models: every change is told as the least it is, so nothing jumps on a screen."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ui.models import DictListModel


def watched(rows: list[dict]) -> tuple[DictListModel, list[tuple]]:
    model = DictListModel("id", ["name"])
    model.set_rows(rows)
    told: list[tuple] = []
    model.rowsInserted.connect(lambda _p, a, b: told.append(("in", a, b)))
    model.rowsRemoved.connect(lambda _p, a, b: told.append(("out", a, b)))
    model.rowsMoved.connect(lambda _p, a, b, _q, c: told.append(("move", a, c)))
    model.dataChanged.connect(lambda a, b, roles: told.append(("change", a.row(), len(roles))))
    model.modelReset.connect(lambda: told.append(("reset",)))
    return model, told


def row(key: str, name: str = "") -> dict:
    return {"id": key, "name": name or key}


def test_the_same_rows_again_tell_nothing(qapp) -> None:
    model, told = watched([row("a"), row("b")])
    model.set_rows([row("a"), row("b")])
    assert told == []


def test_a_new_row_in_the_middle_is_one_insertion(qapp) -> None:
    model, told = watched([row("a"), row("c")])
    model.set_rows([row("a"), row("b"), row("c")])
    assert told == [("in", 1, 1)]


def test_a_change_tells_only_its_row_and_roles(qapp) -> None:
    model, told = watched([row("a"), row("b")])
    model.upsert(row("b", "B"))
    assert told == [("change", 1, 2)]  # name and entry
    assert model.get(1)["name"] == "B"


def test_a_move_is_a_move_and_keeps_the_row(qapp) -> None:
    model, told = watched([row("a"), row("b"), row("c")])
    model.set_rows([row("c"), row("a"), row("b")])
    assert told == [("move", 2, 0)]


def test_removing_what_is_not_there_tells_nothing(qapp) -> None:
    model, told = watched([row("a")])
    assert not model.remove("z")
    assert model.remove("a")
    assert told == [("out", 0, 0)]
    assert model.count == 0


def test_asking_beyond_the_end_gives_an_empty_row(qapp) -> None:
    model, _ = watched([row("a")])
    assert model.get(7) == {}
    assert model.get(-1) == {}
    assert model.indexOf("z") == -1


keys = st.lists(st.sampled_from("abcdefgh"), unique=True)


@given(before=keys, after=keys)
def test_any_list_becomes_any_other_and_a_mirror_fed_by_signals_agrees(
    qapp, before: list[str], after: list[str]
) -> None:
    """A mirror that only follows the signals, as a QML view does, ends up equal."""
    model = DictListModel("id", ["name"])
    model.set_rows([row(k) for k in before])
    mirror = list(before)

    def moved(_p: object, first: int, _last: int, _q: object, to: int) -> None:
        key = mirror.pop(first)
        mirror.insert(to - 1 if to > first else to, key)

    def came(_p: object, first: int, last: int) -> None:
        mirror[first:first] = [model.get(i)["id"] for i in range(first, last + 1)]

    model.rowsInserted.connect(came)
    model.rowsRemoved.connect(lambda _p, a, b: mirror.pop(a))
    model.rowsMoved.connect(moved)
    model.set_rows([row(k) for k in after])
    assert [r["id"] for r in model.rows] == after
    assert mirror == after
