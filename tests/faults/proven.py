"""Rows of the reliability page that are shown by tests elsewhere."""

from __future__ import annotations

from tests.faults.registry import Row

MONEY = "Money"
SCREENS = "A screen or its server dies"
PEOPLE = "People, programs and machines that do wrong"
PICTURES = "Pictures on their way"

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
            "The screen, the server or the card terminal dies at any step between “pay” and “thank you”",
            "The kiosk shows where the customer stands: the ways to pay, “we are asking …”, or the number",
            "One paid order or no charge: the card terminal’s books and the orders agree ([how](payments.md))",
        ),
        "tests/process/test_pay_crashes.py::test_who_goes_on_paying_pays_once_wherever_it_breaks",
    ),
    (
        Row(
            MONEY,
            "The bank declines a card afterwards that was taken without a line",
            "The order is due again and stands first at the counter; it is paid otherwise, or written off",
            "Never more is at risk than the shop allows",
        ),
        "tests/unit/cards/test_offline.py::test_a_late_decline_is_a_task_for_staff_until_it_is_made_good",
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
            "The terminal dies while a card is being charged, and its disk is put back to the state before that",
            "The order is paid as soon as a neighbour has told of the payment",
            "A payment of ours that nobody asks about is asked about, whenever it is heard of",
        ),
        "tests/unit/test_node_cards.py"
        "::test_a_payment_that_a_disk_had_forgotten_is_asked_about_when_a_neighbour_tells_of_it",
    ),
    (
        Row(
            MONEY,
            "A shop’s only terminal gets a new disk, and with that is another device",
            "For a week a voucher pays so much in a day as where terminals are out of touch; then all that is on it",
            "A terminal that has written nothing for a week is not taken for one that is out of touch",
        ),
        "tests/unit/test_node_vouchers.py::test_a_shop_of_one_terminal_is_not_apart_from_one_that_it_no_longer_has",
    ),
    (
        Row(
            MONEY,
            "The disk is full for a moment when a card payment begins",
            "“Try again”, or any other way to pay",
            "Nothing was charged, and nothing waits for it",
        ),
        "tests/unit/test_node_cards.py::test_a_card_payment_that_could_not_be_begun_keeps_nobody_from_paying_in_cash",
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
            "One payment is given back at three terminals at once, or while they are apart; or one command "
            "to give back is "
            "sent to two of them",
            "The order is marked for staff where more was given back than was paid",
            "Every machine counts the same money, in whatever order they hear of each other: on the order, "
            "in the day's "
            "figures, at head office. A voucher gets back no more than it paid, and one command counts once",
        ),
        "tests/unit/services/test_refund_races.py::test_whoever_gives_back_what_where_the_money_is_the_same_everywhere",
    ),
    (
        Row(
            MONEY,
            "Power fails while the card terminal gives money back; minutes later somebody gives it back again there",
            "“The card terminal has not said whether it gave this payment back already”",
            "One terminal by itself never gives back more than was paid",
        ),
        "tests/unit/services/test_payments.py"
        "::test_a_refund_of_ours_that_is_not_answered_counts_as_given_however_long_it_takes",
    ),
    (
        Row(
            MONEY,
            "A part of a bill is asked for twice at once, under one payment’s name",
            "What is still due",
            "It is taken once, and neither answer says that all is paid",
        ),
        "tests/unit/test_node_cards.py::test_a_part_that_is_asked_for_twice_at_once_does_not_pass_for_the_whole_bill",
    ),
    (
        Row(
            MONEY,
            "A terminal burns while a voucher pays, when the others have heard of the payment and not of "
            "the voucher, or "
            "the other way round",
            "The order is not paid, or the voucher still whole, for up to two minutes",
            "Those who are left write the missing half, and it counts once, whoever writes it and if it "
            "turns up after all",
        ),
        "tests/unit/services/test_halves.py::test_the_half_that_burned_is_written_again_and_counts_once",
    ),
    (
        Row(
            MONEY,
            "Two terminals that are apart issue a voucher under one code",
            "The till that issued the second says so until somebody has seen it",
            "The first one counts, everywhere; what was paid for the second is told, also to head office",
        ),
        "tests/unit/test_node_vouchers.py::"
        "test_a_code_issued_at_two_terminals_apart_is_told_where_the_second_was_issued",
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
            "A program sends another order, payment or refund under a command id that it has used",
            "Nothing",
            "It is refused in one sentence and nothing is done, also after a restart, at a new disk, and at "
            "every terminal "
            "that has heard of the first; the same body still gets the first answer",
        ),
        "tests/unit/test_node_asked.py::test_a_terminal_that_has_heard_of_it_refuses_another_body_too",
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
            "A terminal's whole disk is set back to an older state, and it sells on alone before it meets the others",
            "Both pasts are on all screens after a moment; two orders can have one number: an alarm at head office and "
            "a line on the terminal's status name those numbers",
            "Nothing of either is lost or counts twice: it takes back what the others hold and writes its own again",
        ),
        "tests/process/test_damage.py::test_a_disk_set_back_that_sold_on_alone_brings_both_of_its_pasts_together",
    ),
    (
        Row(
            PEOPLE,
            "An older log is copied over a terminal's newer one, or its latest entries are thrown away, and it sells "
            "on alone",
            "An alarm says that entries are missing; numbers have other letters from then on",
            "It knows by itself, before the first order: no number is given twice, and what was missing comes back",
        ),
        "tests/process/test_damage.py::test_a_log_put_back_is_known_without_a_neighbour_and_gives_no_number_twice",
    ),
    (
        Row(
            PEOPLE,
            "The same, weeks later: thousands of orders lie behind the place where its two pasts part",
            "The same",
            "That place is found at once by the times of what it wrote",
        ),
        "tests/unit/test_log_again.py::test_a_fork_far_back_is_found_at_once",
    ),
    (
        Row(
            PEOPLE,
            "The same, and its clock was set back with the disk",
            "The same, and one more alarm",
            "Where times mislead, a second try comes by itself as soon as a neighbour is met",
        ),
        "tests/unit/test_log_again.py::test_where_times_do_not_tell_how_far_back_the_second_try_comes_by_itself",
    ),
    (
        Row(
            PEOPLE,
            "A neighbour took one of a terminal's two pasts, and it is the one that was given up later",
            "Nothing",
            "It keeps what it saw first and gets all of the other as well; the machines call each other in step",
        ),
        "tests/unit/replication/test_fork.py::test_machines_on_two_branches_are_in_step_with_all_that_they_take",
    ),
    (
        Row(
            PEOPLE,
            "A disk is set back a second time, and what was sold in between is only with a neighbour who had been away",
            "Nothing; an alarm",
            "The neighbour shows it what it has forgotten; it writes that again, once, for all",
        ),
        "tests/unit/test_log_again.py::test_what_only_a_neighbour_holds_of_a_branch_that_was_left_is_written_again",
    ),
    (
        Row(
            PEOPLE,
            "Of a terminal's two pasts one is at head office alone, and another terminal carries the line",
            "Nothing; an alarm",
            "It is shown that one by the other, calls head office itself for the rest, and both are everywhere then",
        ),
        "tests/unit/replication/test_fork.py::test_a_writer_is_shown_the_branch_that_only_a_neighbour_has_heard_of",
    ),
    (
        Row(
            PEOPLE,
            "Two terminals are equally far in a third's two pasts, and one has let go of the place where they part",
            "Nothing; an alarm",
            "Each is shown what the other goes on with; nobody is turned away for it",
        ),
        "tests/unit/replication/test_fork.py::test_a_fork_right_at_a_floor_is_shown_and_nobody_is_cut_off",
    ),
    (
        Row(
            PEOPLE,
            "A disk is set back and sold on for days, and its terminal lets go of old sales before it meets the others",
            "Nothing; an alarm",
            "What it still holds of that past is written again for all, though the place where the pasts part is gone",
        ),
        "tests/unit/test_log_again.py::test_a_branch_whose_beginning_was_let_go_of_is_written_again",
    ),
    (
        Row(
            PEOPLE,
            "A terminal gave up one of its two pasts, and nobody who is there has the other one",
            "Nothing",
            "After half a minute it takes back the one that the others have; both are written again anyway",
        ),
        "tests/unit/replication/test_fork.py::test_a_branch_that_was_left_is_taken_back_when_nobody_has_another",
    ),
    (
        Row(
            PEOPLE,
            "A backup of a terminal whose disk had been set back is restored on new hardware",
            "Nothing",
            "What the old one had to write again counts once: the new one does not say that it wrote it",
        ),
        "tests/unit/test_log_again.py::test_another_device_that_goes_on_with_a_backup_writes_nothing_of_its_forks_again",
    ),
    (
        Row(
            PEOPLE,
            "Somebody follows a terminal's events, and its disk is set back",
            "He is told to start without a cursor",
            "He misses nothing, though positions are given again to other events",
        ),
        "tests/unit/test_log_starts.py::test_a_position_from_behind_what_a_disk_was_set_back_to_is_not_taken_for_another",
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
            "A new machine's clock was never set",
            "One sentence at start: set date and time",
            "Nothing is written under a time that would sort before everything else",
        ),
        "tests/unit/test_log_trouble.py::test_a_clock_that_was_never_set_is_refused",
    ),
    (
        Row(
            SCREENS,
            "A screen hangs: in a loop, in its graphics driver, or because its process was stopped",
            "The same screen again, ten to fifteen seconds later, where the customer was, with the basket",
            "A process of its own watches frames that were really shown (`frozen_seconds`), not only a living process",
        ),
        "tests/process/test_guard.py::test_whatever_befalls_a_screen_its_customer_is_where_they_were",
    ),
    (
        Row(
            SCREENS,
            "After a power cut the machine gives the old server's process number to another program",
            "Nothing",
            "A server is told by its boot and the moment it was started, not only by a number: another one is started",
        ),
        "tests/process/test_supervisor.py::test_who_has_a_dead_servers_id_since_is_no_server",
    ),
    (
        Row(
            SCREENS,
            "A screen hangs while dishes are being chosen",
            "The basket is there again",
            "It is kept at each change; after two and a half minutes it is nobody's, and forgotten",
        ),
        "tests/process/test_guard.py::test_a_screen_that_hangs_is_started_again_and_its_customer_gets_the_basket_back",
    ),
    (
        Row(
            SCREENS,
            "Staff hang out the out-of-order sign, and the terminal is restarted or its server is away",
            "“Please order at the counter”, on this screen at once; a customer who is choosing may finish",
            "It stays up until it is taken down, there or at any till, which name the screen",
        ),
        "tests/ui/test_staff.py::test_the_sign_is_up_at_once_told_to_the_others_and_there_again_after_a_restart",
    ),
    (
        Row(
            PEOPLE,
            "Somebody presses every key at a kiosk, closes, hides or covers its window",
            "The kiosk",
            "Keys that command, closes and drops never reach it; it is in front again within a moment",
        ),
        "tests/ui/test_stay.py::test_no_key_leaves_it_and_none_of_them_reaches_a_page",
    ),
    (
        Row(
            PEOPLE,
            "Somebody guesses staff PINs, pulls the plug in between, or sets the clock back",
            "“Too many wrong tries. Wait 0:30”, and longer each time",
            "A try is counted before it is looked at, on the disk; a day is good for some thirty",
        ),
        "tests/unit/staff/test_pin.py::test_a_day_of_guessing_finds_hardly_any_pin",
    ),
    (
        Row(
            SCREENS,
            "A screen fails five times within ten minutes",
            "A plain page: please order at the counter; `/v1/screens` says that it is closed, and why",
            "It is not started for ever, and nothing flickers",
        ),
        "tests/process/test_guard.py::test_a_kiosk_whose_screen_always_dies_says_so_and_staff_see_why",
    ),
    (
        Row(
            PICTURES,
            "A server dies, or its line is cut, while it gets the pictures of a new menu",
            "Dishes without a picture yet have their letter",
            "It goes on where it was, from whoever is there; what was marked as there is not fetched again",
        ),
        "tests/process/test_blobs.py::test_a_fetch_goes_on_where_it_was_after_a_kill_and_a_cut",
    ),
    (
        Row(
            PICTURES,
            "The neighbour that gives a picture dies in the middle",
            "Nothing",
            "Another one that has it gives the rest",
        ),
        "tests/process/test_blobs.py::test_when_a_source_dies_in_the_middle_the_other_one_gives_the_rest",
    ),
    (
        Row(
            PICTURES,
            "A machine gives wrong bytes: a bad disk, or somebody who means ill",
            "The dish keeps its letter until the right picture comes",
            "Wrong bytes are never shown or passed on; who gave them is left alone, others are asked",
        ),
        "tests/process/test_blobs.py::test_wrong_bytes_are_never_shown_and_somebody_else_is_asked",
    ),
    (
        Row(
            PICTURES,
            "Somebody imports a broken picture, or one of eighty megapixels",
            "It is named, with what to do; the menu and all other pictures are taken over",
            "No server or screen decodes it; one that got in some other way is refused by a program of its own",
        ),
        "tests/process/test_pictures.py::test_a_menus_pictures_come_along_and_are_made_ready_at_every_terminal",
    ),
]
"""Each with its test as pytest names it."""
