"""Rows of the reliability page that are shown by tests elsewhere."""

from __future__ import annotations

from tests.faults.registry import Row

MONEY = "Money"
PEOPLE = "People, programs and machines that do wrong"

PROVEN: list[tuple[Row, str]] = [
    (
        Row(
            MONEY,
            "The terminal dies while a card is being charged",
            "After the restart the order is paid, or can be paid again",
            "One charge or none: the card terminal is asked what became of it, and its answer is recorded",
        ),
        "tests/unit/test_node.py::test_a_crash_during_a_card_payment_ends_in_one_charge_or_none",
    ),
    (
        Row(
            MONEY,
            "The card terminal took the money just when the disk was full",
            "“Try again”; then the order is paid",
            "The charge is recorded once, as soon as there is room, whoever asks again in between",
        ),
        "tests/unit/test_node.py::test_money_taken_while_the_disk_was_full_is_recorded_once_there_is_room",
    ),
    (
        Row(
            MONEY,
            "The card terminal first says that nothing was taken, and later that it was",
            "A refund task for staff, if the order was paid otherwise meanwhile",
            "Money that was taken is recorded whenever it is known",
        ),
        "tests/unit/test_node.py"
        "::test_money_that_was_said_not_to_be_taken_is_recorded_when_the_card_terminal_knows_better",
    ),
    (
        Row(
            MONEY,
            "A customer presses “pay” twice, or the answer is lost on its way to the screen",
            "One number, one charge",
            "The same command again gives the same answer and does nothing twice",
        ),
        "tests/ui/test_kiosk_pay.py::test_a_double_tap_on_pay_places_and_charges_once",
    ),
    (
        Row(
            MONEY,
            "A kiosk does not know whether a card was charged when its customer walks away",
            "The order stays open, and staff see it",
            "It is asked after until it is known; the order is not given up before",
        ),
        "tests/ui/test_kiosk_pay.py::test_a_customer_who_walks_away_from_an_unknown_charge_leaves_it_to_be_found_out",
    ),
    (
        Row(
            PEOPLE,
            "A kiosk's server is gone while somebody orders",
            "Nothing for two seconds, then “one moment”; the basket is as it was",
            "The basket is the screen's; nothing of it depends on the server",
        ),
        "tests/ui/test_kiosk_pay.py::test_a_server_that_is_gone_costs_neither_words_at_once_nor_the_basket",
    ),
    (
        Row(
            PEOPLE,
            "An old backup of a terminal is restored",
            "The terminal shows all orders again after a moment",
            "Its neighbours give it back what it had said since; it goes on after that",
        ),
        "tests/unit/replication/test_fork.py::test_a_restored_terminal_gets_its_own_events_back",
    ),
    (
        Row(
            PEOPLE,
            "A terminal's folder is copied to another machine, and both are started",
            "Two terminals in the list",
            "The copy knows that it is one and begins a log of its own; neither writes in the other's name",
        ),
        "tests/unit/test_log_salvage.py::test_a_copied_folder_knows_that_it_is_one",
    ),
    (
        Row(
            PEOPLE,
            "A terminal's disk is set back to an older state, and it sells on alone before it meets the others",
            "Both pasts are on all screens after a moment; two orders can have one number; an alarm at head office",
            "Nothing of either is lost or counts twice: it takes back what the others hold and writes its own again",
        ),
        "tests/process/test_damage.py::test_a_disk_set_back_that_sold_on_alone_brings_both_of_its_pasts_together",
    ),
    (
        Row(
            PEOPLE,
            "The only terminal of a shop finds its disk damaged",
            "It is gone for some seconds; then all orders are there but the one that was damaged itself",
            "Everything that is whole on the damaged disk is written again; no event counts twice",
        ),
        "tests/process/test_damage.py::test_what_nobody_else_has_is_written_again_from_the_damaged_disk",
    ),
    (
        Row(
            PEOPLE,
            "One terminal says two different things under one number (a fork)",
            "An alarm at head office",
            "The first that was seen stays, the other is kept as evidence; nothing else waits for it",
        ),
        "tests/process/test_mesh_trouble.py::test_two_truths_from_one_writer_raise_an_alarm_and_both_are_kept",
    ),
    (
        Row(
            PEOPLE,
            "A terminal or a stranger sends events with a false signature, or leaves some out",
            "Nothing",
            "Chain and signature are checked before anything is stored; the link is closed",
        ),
        "tests/process/test_mesh_trouble.py::test_events_with_a_false_seal",
    ),
    (
        Row(
            PEOPLE,
            "A flood of strangers connects to a terminal",
            "Nothing",
            "Friends still get in; a line in the log for each kind of trouble, not for each try",
        ),
        "tests/process/test_mesh_trouble.py::test_a_flood_of_strangers_does_not_keep_friends_out",
    ),
    (
        Row(
            PEOPLE,
            "Another program holds a terminal's log open",
            "“Another program holds the log”: the order was not saved; close that program and try again",
            "Nothing is half saved; it goes on by itself",
        ),
        "tests/unit/test_log_trouble.py::test_another_program_that_holds_the_file_is_waited_for_and_then_named",
    ),
    (
        Row(
            PEOPLE,
            "A second server is started on the same data folder",
            "One sentence that names the process that has it",
            "Only one writes; the lock goes when its process goes, however it ends",
        ),
        "tests/process/test_shop.py::test_a_second_server_on_the_data_folder_is_refused_in_one_sentence",
    ),
    (
        Row(
            PEOPLE,
            "An older Pilotlight is started on the data of a newer one",
            "One sentence: install that version again",
            "The log is left as it is",
        ),
        "tests/unit/test_log_trouble.py::test_a_log_of_a_newer_version_is_refused_and_left_alone",
    ),
    (
        Row(
            PEOPLE,
            "A terminal of another version says things that nobody here understands",
            "Nothing",
            "They are kept and passed on unread; everything else works",
        ),
        "tests/unit/test_node.py::test_events_nobody_knows_are_kept_and_harm_nothing",
    ),
    (
        Row(
            PEOPLE,
            "A machine's clock was never set",
            "One sentence at start: set date and time",
            "Nothing is written under a time that would sort before everything else",
        ),
        "tests/unit/test_log_trouble.py::test_a_clock_that_was_never_set_is_refused",
    ),
]
"""Each with its test as pytest names it."""
