"""Which devices belong to the store, what they are called, and which order numbers are theirs."""

from __future__ import annotations

import msgspec

TOPIC = "membership"
JOINED = "membership.joined/1"


class Joined(msgspec.Struct, frozen=True):
    """Published at first start and whenever something in it changes. The aggregate is the device id.

    `prefix`: two letters before the numbers this terminal calls out. When two devices claim one prefix, the claim
    that is earlier by (HLC, log id) stands and the other device claims anew.
    """

    device_id: str
    label: str
    role: str
    prefix: str


class Member(msgspec.Struct, frozen=True):
    """A device of the store as its latest `Joined` tells. `lost_prefix`: an earlier claim holds it."""

    device_id: str
    label: str
    role: str
    prefix: str
    store: str = ""
    joined_ms: int = 0
    lost_prefix: bool = False
