"""The services' tables in SQL, made by `make tables` of their `table.py`. Not to be edited."""

from __future__ import annotations

from server.services.statements import Statements

STATEMENTS = {
    "baskets": Statements(
        "basket",
        (
            "aggregate_id",
            "hlc",
            "log_id",
            "seq",
            "topic",
            "state",
            "facts",
            "oldest",
        ),
        """INSERT INTO basket (aggregate_id, hlc, log_id, seq, topic, state, facts, oldest) VALUES (?, ?, ?, ?,
?, ?, ?, ?) ON CONFLICT (aggregate_id) DO UPDATE SET hlc = excluded.hlc, log_id = excluded.log_id,
seq = excluded.seq, topic = excluded.topic, state = excluded.state, facts = excluded.facts, oldest =
excluded.oldest""",
        (
            """CREATE TABLE cursor ( id INTEGER NOT NULL, version INTEGER NOT NULL, log_id VARCHAR NOT NULL,
position INTEGER NOT NULL, PRIMARY KEY (id) )""",
            """CREATE TABLE archived ( log_id VARCHAR NOT NULL, mark BLOB NOT NULL, PRIMARY KEY (log_id) )""",
            """CREATE TABLE basket ( aggregate_id VARCHAR NOT NULL, hlc INTEGER NOT NULL, log_id VARCHAR NOT NULL,
seq INTEGER NOT NULL, topic VARCHAR NOT NULL, state BLOB NOT NULL, facts BLOB NOT NULL, oldest
INTEGER NOT NULL, PRIMARY KEY (aggregate_id) )""",
            """CREATE INDEX ix_basket_oldest ON basket (oldest)""",
        ),
    ),
    "health": Statements(
        "health",
        (
            "aggregate_id",
            "hlc",
            "log_id",
            "seq",
            "topic",
            "state",
            "facts",
            "oldest",
        ),
        """INSERT INTO health (aggregate_id, hlc, log_id, seq, topic, state, facts, oldest) VALUES (?, ?, ?, ?,
?, ?, ?, ?) ON CONFLICT (aggregate_id) DO UPDATE SET hlc = excluded.hlc, log_id = excluded.log_id,
seq = excluded.seq, topic = excluded.topic, state = excluded.state, facts = excluded.facts, oldest =
excluded.oldest""",
        (
            """CREATE TABLE cursor ( id INTEGER NOT NULL, version INTEGER NOT NULL, log_id VARCHAR NOT NULL,
position INTEGER NOT NULL, PRIMARY KEY (id) )""",
            """CREATE TABLE archived ( log_id VARCHAR NOT NULL, mark BLOB NOT NULL, PRIMARY KEY (log_id) )""",
            """CREATE TABLE health ( aggregate_id VARCHAR NOT NULL, hlc INTEGER NOT NULL, log_id VARCHAR NOT NULL,
seq INTEGER NOT NULL, topic VARCHAR NOT NULL, state BLOB NOT NULL, facts BLOB NOT NULL, oldest
INTEGER NOT NULL, PRIMARY KEY (aggregate_id) )""",
            """CREATE INDEX ix_health_oldest ON health (oldest)""",
        ),
    ),
    "kitchen": Statements(
        "ticket",
        (
            "aggregate_id",
            "hlc",
            "log_id",
            "seq",
            "topic",
            "state",
            "facts",
            "oldest",
            "shown",
            "released_ms",
            "done_ms",
        ),
        """INSERT INTO ticket (aggregate_id, hlc, log_id, seq, topic, state, facts, oldest, shown, released_ms,
done_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (aggregate_id) DO UPDATE SET hlc =
excluded.hlc, log_id = excluded.log_id, seq = excluded.seq, topic = excluded.topic, state =
excluded.state, facts = excluded.facts, oldest = excluded.oldest, shown = excluded.shown,
released_ms = excluded.released_ms, done_ms = excluded.done_ms""",
        (
            """CREATE TABLE cursor ( id INTEGER NOT NULL, version INTEGER NOT NULL, log_id VARCHAR NOT NULL,
position INTEGER NOT NULL, PRIMARY KEY (id) )""",
            """CREATE TABLE archived ( log_id VARCHAR NOT NULL, mark BLOB NOT NULL, PRIMARY KEY (log_id) )""",
            """CREATE TABLE ticket ( aggregate_id VARCHAR NOT NULL, hlc INTEGER NOT NULL, log_id VARCHAR NOT NULL,
seq INTEGER NOT NULL, topic VARCHAR NOT NULL, state BLOB NOT NULL, facts BLOB NOT NULL, oldest
INTEGER NOT NULL, shown BOOLEAN NOT NULL, released_ms INTEGER NOT NULL, done_ms INTEGER NOT NULL,
PRIMARY KEY (aggregate_id) )""",
            """CREATE INDEX ix_ticket_done ON ticket (done_ms)""",
            """CREATE INDEX ix_ticket_oldest ON ticket (oldest)""",
            """CREATE INDEX ix_ticket_shown ON ticket (shown, released_ms)""",
        ),
    ),
    "membership": Statements(
        "member",
        (
            "aggregate_id",
            "hlc",
            "log_id",
            "seq",
            "topic",
            "state",
            "facts",
            "oldest",
        ),
        """INSERT INTO member (aggregate_id, hlc, log_id, seq, topic, state, facts, oldest) VALUES (?, ?, ?, ?,
?, ?, ?, ?) ON CONFLICT (aggregate_id) DO UPDATE SET hlc = excluded.hlc, log_id = excluded.log_id,
seq = excluded.seq, topic = excluded.topic, state = excluded.state, facts = excluded.facts, oldest =
excluded.oldest""",
        (
            """CREATE TABLE cursor ( id INTEGER NOT NULL, version INTEGER NOT NULL, log_id VARCHAR NOT NULL,
position INTEGER NOT NULL, PRIMARY KEY (id) )""",
            """CREATE TABLE archived ( log_id VARCHAR NOT NULL, mark BLOB NOT NULL, PRIMARY KEY (log_id) )""",
            """CREATE TABLE member ( aggregate_id VARCHAR NOT NULL, hlc INTEGER NOT NULL, log_id VARCHAR NOT NULL,
seq INTEGER NOT NULL, topic VARCHAR NOT NULL, state BLOB NOT NULL, facts BLOB NOT NULL, oldest
INTEGER NOT NULL, PRIMARY KEY (aggregate_id) )""",
            """CREATE INDEX ix_member_oldest ON member (oldest)""",
        ),
    ),
    "menu": Statements(
        "menu",
        (
            "aggregate_id",
            "hlc",
            "log_id",
            "seq",
            "topic",
            "state",
            "facts",
            "oldest",
        ),
        """INSERT INTO menu (aggregate_id, hlc, log_id, seq, topic, state, facts, oldest) VALUES (?, ?, ?, ?,
?, ?, ?, ?) ON CONFLICT (aggregate_id) DO UPDATE SET hlc = excluded.hlc, log_id = excluded.log_id,
seq = excluded.seq, topic = excluded.topic, state = excluded.state, facts = excluded.facts, oldest =
excluded.oldest""",
        (
            """CREATE TABLE cursor ( id INTEGER NOT NULL, version INTEGER NOT NULL, log_id VARCHAR NOT NULL,
position INTEGER NOT NULL, PRIMARY KEY (id) )""",
            """CREATE TABLE archived ( log_id VARCHAR NOT NULL, mark BLOB NOT NULL, PRIMARY KEY (log_id) )""",
            """CREATE TABLE menu ( aggregate_id VARCHAR NOT NULL, hlc INTEGER NOT NULL, log_id VARCHAR NOT NULL,
seq INTEGER NOT NULL, topic VARCHAR NOT NULL, state BLOB NOT NULL, facts BLOB NOT NULL, oldest
INTEGER NOT NULL, PRIMARY KEY (aggregate_id) )""",
            """CREATE INDEX ix_menu_oldest ON menu (oldest)""",
        ),
    ),
    "orders": Statements(
        "customer_order",
        (
            "aggregate_id",
            "hlc",
            "log_id",
            "seq",
            "topic",
            "state",
            "facts",
            "oldest",
            "known",
            "store",
            "device_id",
            "business_day",
            "number",
            "serial",
            "status",
            "is_open",
            "placed_hlc",
            "currency",
            "total_minor",
            "tax_minor",
            "paid_minor",
            "refunded_minor",
            "cash_minor",
            "card_minor",
            "overpaid_minor",
            "tips_minor",
            "voucher_minor",
            "printing",
            "again",
        ),
        """INSERT INTO customer_order (aggregate_id, hlc, log_id, seq, topic, state, facts, oldest, known,
store, device_id, business_day, number, serial, status, is_open, placed_hlc, currency, total_minor,
tax_minor, paid_minor, refunded_minor, cash_minor, card_minor, overpaid_minor, tips_minor,
voucher_minor, printing, again) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (aggregate_id) DO UPDATE SET hlc = excluded.hlc, log_id =
excluded.log_id, seq = excluded.seq, topic = excluded.topic, state = excluded.state, facts =
excluded.facts, oldest = excluded.oldest, known = excluded.known, store = excluded.store, device_id
= excluded.device_id, business_day = excluded.business_day, number = excluded.number, serial =
excluded.serial, status = excluded.status, is_open = excluded.is_open, placed_hlc =
excluded.placed_hlc, currency = excluded.currency, total_minor = excluded.total_minor, tax_minor =
excluded.tax_minor, paid_minor = excluded.paid_minor, refunded_minor = excluded.refunded_minor,
cash_minor = excluded.cash_minor, card_minor = excluded.card_minor, overpaid_minor =
excluded.overpaid_minor, tips_minor = excluded.tips_minor, voucher_minor = excluded.voucher_minor,
printing = excluded.printing, again = excluded.again""",
        (
            """CREATE TABLE cursor ( id INTEGER NOT NULL, version INTEGER NOT NULL, log_id VARCHAR NOT NULL,
position INTEGER NOT NULL, PRIMARY KEY (id) )""",
            """CREATE TABLE archived ( log_id VARCHAR NOT NULL, mark BLOB NOT NULL, PRIMARY KEY (log_id) )""",
            """CREATE TABLE customer_order ( aggregate_id VARCHAR NOT NULL, hlc INTEGER NOT NULL, log_id VARCHAR
NOT NULL, seq INTEGER NOT NULL, topic VARCHAR NOT NULL, state BLOB NOT NULL, facts BLOB NOT NULL,
oldest INTEGER NOT NULL, known BOOLEAN NOT NULL, store VARCHAR NOT NULL, device_id VARCHAR NOT NULL,
business_day VARCHAR NOT NULL, number VARCHAR NOT NULL, serial INTEGER NOT NULL, status VARCHAR NOT
NULL, is_open BOOLEAN NOT NULL, placed_hlc INTEGER NOT NULL, currency VARCHAR NOT NULL, total_minor
INTEGER NOT NULL, tax_minor INTEGER NOT NULL, paid_minor INTEGER NOT NULL, refunded_minor INTEGER
NOT NULL, cash_minor INTEGER NOT NULL, card_minor INTEGER NOT NULL, overpaid_minor INTEGER NOT NULL,
tips_minor INTEGER NOT NULL, voucher_minor INTEGER NOT NULL, printing INTEGER NOT NULL, again
VARCHAR NOT NULL, PRIMARY KEY (aggregate_id) )""",
            """CREATE INDEX ix_customer_order_oldest ON customer_order (oldest)""",
            """CREATE INDEX ix_order_again ON customer_order (again)""",
            """CREATE INDEX ix_order_day ON customer_order (business_day, store, device_id)""",
            """CREATE INDEX ix_order_open ON customer_order (is_open, placed_hlc)""",
            """CREATE INDEX ix_order_placed ON customer_order (placed_hlc)""",
            """CREATE INDEX ix_order_printing ON customer_order (printing) WHERE printing > 0""",
        ),
    ),
    "payments": Statements(
        "payment",
        (
            "aggregate_id",
            "hlc",
            "log_id",
            "seq",
            "topic",
            "state",
            "facts",
            "oldest",
            "pending",
            "stored",
        ),
        """INSERT INTO payment (aggregate_id, hlc, log_id, seq, topic, state, facts, oldest, pending, stored)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (aggregate_id) DO UPDATE SET hlc = excluded.hlc,
log_id = excluded.log_id, seq = excluded.seq, topic = excluded.topic, state = excluded.state, facts
= excluded.facts, oldest = excluded.oldest, pending = excluded.pending, stored = excluded.stored""",
        (
            """CREATE TABLE cursor ( id INTEGER NOT NULL, version INTEGER NOT NULL, log_id VARCHAR NOT NULL,
position INTEGER NOT NULL, PRIMARY KEY (id) )""",
            """CREATE TABLE archived ( log_id VARCHAR NOT NULL, mark BLOB NOT NULL, PRIMARY KEY (log_id) )""",
            """CREATE TABLE payment ( aggregate_id VARCHAR NOT NULL, hlc INTEGER NOT NULL, log_id VARCHAR NOT NULL,
seq INTEGER NOT NULL, topic VARCHAR NOT NULL, state BLOB NOT NULL, facts BLOB NOT NULL, oldest
INTEGER NOT NULL, pending INTEGER NOT NULL, stored INTEGER NOT NULL, PRIMARY KEY (aggregate_id) )""",
            """CREATE INDEX ix_payment_oldest ON payment (oldest)""",
            """CREATE INDEX ix_payment_pending ON payment (pending)""",
            """CREATE INDEX ix_payment_stored ON payment (stored)""",
        ),
    ),
    "phone": Statements(
        "phone_keys",
        (
            "aggregate_id",
            "hlc",
            "log_id",
            "seq",
            "topic",
            "state",
            "facts",
            "oldest",
        ),
        """INSERT INTO phone_keys (aggregate_id, hlc, log_id, seq, topic, state, facts, oldest) VALUES (?, ?,
?, ?, ?, ?, ?, ?) ON CONFLICT (aggregate_id) DO UPDATE SET hlc = excluded.hlc, log_id =
excluded.log_id, seq = excluded.seq, topic = excluded.topic, state = excluded.state, facts =
excluded.facts, oldest = excluded.oldest""",
        (
            """CREATE TABLE cursor ( id INTEGER NOT NULL, version INTEGER NOT NULL, log_id VARCHAR NOT NULL,
position INTEGER NOT NULL, PRIMARY KEY (id) )""",
            """CREATE TABLE archived ( log_id VARCHAR NOT NULL, mark BLOB NOT NULL, PRIMARY KEY (log_id) )""",
            """CREATE TABLE phone_keys ( aggregate_id VARCHAR NOT NULL, hlc INTEGER NOT NULL, log_id VARCHAR NOT
NULL, seq INTEGER NOT NULL, topic VARCHAR NOT NULL, state BLOB NOT NULL, facts BLOB NOT NULL, oldest
INTEGER NOT NULL, PRIMARY KEY (aggregate_id) )""",
            """CREATE INDEX ix_phone_keys_oldest ON phone_keys (oldest)""",
        ),
    ),
    "screens": Statements(
        "screen",
        (
            "aggregate_id",
            "hlc",
            "log_id",
            "seq",
            "topic",
            "state",
            "facts",
            "oldest",
        ),
        """INSERT INTO screen (aggregate_id, hlc, log_id, seq, topic, state, facts, oldest) VALUES (?, ?, ?, ?,
?, ?, ?, ?) ON CONFLICT (aggregate_id) DO UPDATE SET hlc = excluded.hlc, log_id = excluded.log_id,
seq = excluded.seq, topic = excluded.topic, state = excluded.state, facts = excluded.facts, oldest =
excluded.oldest""",
        (
            """CREATE TABLE cursor ( id INTEGER NOT NULL, version INTEGER NOT NULL, log_id VARCHAR NOT NULL,
position INTEGER NOT NULL, PRIMARY KEY (id) )""",
            """CREATE TABLE archived ( log_id VARCHAR NOT NULL, mark BLOB NOT NULL, PRIMARY KEY (log_id) )""",
            """CREATE TABLE screen ( aggregate_id VARCHAR NOT NULL, hlc INTEGER NOT NULL, log_id VARCHAR NOT NULL,
seq INTEGER NOT NULL, topic VARCHAR NOT NULL, state BLOB NOT NULL, facts BLOB NOT NULL, oldest
INTEGER NOT NULL, PRIMARY KEY (aggregate_id) )""",
            """CREATE INDEX ix_screen_oldest ON screen (oldest)""",
        ),
    ),
    "stock": Statements(
        "stock",
        (
            "aggregate_id",
            "hlc",
            "log_id",
            "seq",
            "topic",
            "state",
            "facts",
            "oldest",
            "is_order",
        ),
        """INSERT INTO stock (aggregate_id, hlc, log_id, seq, topic, state, facts, oldest, is_order) VALUES (?,
?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (aggregate_id) DO UPDATE SET hlc = excluded.hlc, log_id =
excluded.log_id, seq = excluded.seq, topic = excluded.topic, state = excluded.state, facts =
excluded.facts, oldest = excluded.oldest, is_order = excluded.is_order""",
        (
            """CREATE TABLE cursor ( id INTEGER NOT NULL, version INTEGER NOT NULL, log_id VARCHAR NOT NULL,
position INTEGER NOT NULL, PRIMARY KEY (id) )""",
            """CREATE TABLE archived ( log_id VARCHAR NOT NULL, mark BLOB NOT NULL, PRIMARY KEY (log_id) )""",
            """CREATE TABLE stock ( aggregate_id VARCHAR NOT NULL, hlc INTEGER NOT NULL, log_id VARCHAR NOT NULL,
seq INTEGER NOT NULL, topic VARCHAR NOT NULL, state BLOB NOT NULL, facts BLOB NOT NULL, oldest
INTEGER NOT NULL, is_order BOOLEAN NOT NULL, PRIMARY KEY (aggregate_id) )""",
            """CREATE INDEX ix_stock_oldest ON stock (oldest)""",
            """CREATE INDEX ix_stock_since ON stock (is_order, hlc)""",
        ),
    ),
    "vouchers": Statements(
        "voucher",
        (
            "aggregate_id",
            "hlc",
            "log_id",
            "seq",
            "topic",
            "state",
            "facts",
            "oldest",
        ),
        """INSERT INTO voucher (aggregate_id, hlc, log_id, seq, topic, state, facts, oldest) VALUES (?, ?, ?,
?, ?, ?, ?, ?) ON CONFLICT (aggregate_id) DO UPDATE SET hlc = excluded.hlc, log_id =
excluded.log_id, seq = excluded.seq, topic = excluded.topic, state = excluded.state, facts =
excluded.facts, oldest = excluded.oldest""",
        (
            """CREATE TABLE cursor ( id INTEGER NOT NULL, version INTEGER NOT NULL, log_id VARCHAR NOT NULL,
position INTEGER NOT NULL, PRIMARY KEY (id) )""",
            """CREATE TABLE archived ( log_id VARCHAR NOT NULL, mark BLOB NOT NULL, PRIMARY KEY (log_id) )""",
            """CREATE TABLE voucher ( aggregate_id VARCHAR NOT NULL, hlc INTEGER NOT NULL, log_id VARCHAR NOT NULL,
seq INTEGER NOT NULL, topic VARCHAR NOT NULL, state BLOB NOT NULL, facts BLOB NOT NULL, oldest
INTEGER NOT NULL, PRIMARY KEY (aggregate_id) )""",
            """CREATE INDEX ix_voucher_oldest ON voucher (oldest)""",
        ),
    ),
}
