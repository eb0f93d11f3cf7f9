"""How the names of a menu stand together in a phrase."""

from __future__ import annotations

import pytest

from server.phrase import bracketed, colon, filled_in, inside


@pytest.mark.parametrize(
    ("language", "heading", "inside_a_sentence"),
    [
        ("en", "Side", "side"),
        ("en", "Your drink", "your drink"),
        ("en", "A drink", "a drink"),
        ("en", "BBQ sauce", "BBQ sauce"),
        ("en", "Coca Cola", "Coca Cola"),
        ("de", "Beilage", "Beilage"),
        ("fr", "Élément", "élément"),
        ("fr", "L'accompagnement", "l'accompagnement"),
        ("fr", "L’accompagnement", "l’accompagnement"),
        ("tr", "İçecek", "içecek"),
        ("tr", "Izgara", "ızgara"),
        ("ja", "ドリンク", "ドリンク"),
        ("en", "", ""),
    ],
)
def test_a_heading_inside_a_sentence_has_no_capital(language: str, heading: str, inside_a_sentence: str) -> None:
    assert inside(heading, language) == inside_a_sentence


@pytest.mark.parametrize(
    ("language", "text", "name", "filled"),
    [
        ("fr", "Sans {name}", "Oignons", "oignons"),
        ("de", "Ohne {name}", "Zwiebeln", "Zwiebeln"),
        ("tr", "{name} olmasın", "Soğan", "Soğan"),
    ],
)
def test_a_name_keeps_its_capital_only_where_a_phrase_begins(language: str, text: str, name: str, filled: str) -> None:
    assert filled_in(name, text, language) == filled


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "Fries: Sauce (hot)"), ("fr", "Fries\u00a0: Sauce (hot)"), ("zh", "Fries：Sauce（hot）")],
)
def test_colons_and_brackets_are_the_languages_own(language: str, said: str) -> None:
    assert "Fries" + colon(language) + "Sauce" + "".join(bracketed("hot", language)) == said
