"""A screen reader that writes down what it would say.

It does what the known ones do and no more: it speaks what takes the focus, with the groups around it that are new, how
the thing in focus changes, alerts that appear, and what a program announces. It knows names, roles and states from the
accessibility bus (AT-SPI over D-Bus), nothing of the program itself; keys go through the X server.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from jeepney import DBusAddress, HeaderFields, Message, MessageType, new_method_call
from jeepney.bus_messages import MatchRule, message_bus
from jeepney.io.blocking import Proxy, open_dbus_connection

PATIENCE_S = 40.0
"""How long something is waited for that must be said; only a broken program needs it all."""

CALL_S = 20.0
REGISTRY = "org.a11y.atspi.Registry"
ACCESSIBLE = "org.a11y.atspi.Accessible"
KEYS = {"down": 0xFF54, "up": 0xFF52, "left": 0xFF51, "right": 0xFF53, "tab": 0xFF09, "enter": 0xFF0D, "escape": 0xFF1B}
KEY_SYM = 3  # what GenerateKeyboardEvent is given
CHECKED, ENABLED, CHECKABLE = 4, 8, 41  # bits of a state, as in AtspiStateType
GROUPS = {"panel", "grouping", "dialog", "page tab list", "list"}
UNSPOKEN = {"filler", "unknown"}
Node = tuple[str, str]  # bus name, object path


class Reader:
    """`said` is everything so far, a line for each time it would have spoken."""

    def __init__(self, bus: str) -> None:
        self.said: list[str] = []
        self.focus: Node | None = None
        self.focused = ""  # what was said of it
        self.focuses = 0  # how often the focus has moved
        self._around: list[Node] = []
        self._bus = open_dbus_connection(bus=bus)
        registry = DBusAddress("/org/a11y/atspi/registry", REGISTRY, "org.a11y.atspi.Registry")
        for kind in ("object:", "window:", "focus:"):
            self._bus.send_and_get_reply(new_method_call(registry, "RegisterEvent", "s", (kind,)), timeout=CALL_S)
        rule = MatchRule(type="signal", interface="org.a11y.atspi.Event.Object")
        self._signals: list[Message] = []
        Proxy(message_bus, self._bus).AddMatch(rule)
        self._keys = DBusAddress(
            "/org/a11y/atspi/registry/deviceeventcontroller", REGISTRY, "org.a11y.atspi.DeviceEventController"
        )

    def close(self) -> None:
        self._bus.close()

    # -- hands ----------------------------------------------------------------------------------------------------

    def press(self, key: str) -> None:
        """A key of the keyboard or of a navigation pad; a letter is itself."""
        symbol = KEYS.get(key) or ord(key)
        self._call(self._keys, "GenerateKeyboardEvent", "isu", (symbol, "", KEY_SYM))

    # -- ears -----------------------------------------------------------------------------------------------------

    def until(self, condition: Callable[[], Any], what: str) -> Any:
        """Listens until it is so. Raises `AssertionError` with what was said last."""
        end = time.monotonic() + PATIENCE_S
        while not (found := condition()):
            if time.monotonic() > end:
                raise AssertionError(f"never said: {what}. The last:\n" + "\n".join(self.said[-12:]))
            self.listen(0.05)
        return found

    def listen(self, seconds: float) -> None:
        """Takes in what comes within a while."""
        end = time.monotonic() + seconds
        while True:
            while self._signals:
                self._hear(self._signals.pop(0))
            rest = end - time.monotonic()
            if rest <= 0:
                return
            try:
                self._keep(self._bus.receive(timeout=rest))
            except TimeoutError:
                return

    def _keep(self, message: Message) -> None:
        if message.header.message_type is MessageType.signal:
            self._signals.append(message)

    def _call(
        self, address: DBusAddress, method: str, signature: str = "", body: tuple[Any, ...] = ()
    ) -> tuple[Any, ...]:
        """Empty when the thing is gone. Signals that come meanwhile are heard after."""
        serial = next(self._bus.outgoing_serial)
        self._bus.send(new_method_call(address, method, signature, body), serial=serial)
        end = time.monotonic() + CALL_S
        while True:
            message = self._bus.receive(timeout=max(0.01, end - time.monotonic()))
            if message.header.fields.get(HeaderFields.reply_serial) == serial:
                return () if message.header.message_type is MessageType.error else message.body
            self._keep(message)

    # -- what a thing is ------------------------------------------------------------------------------------------

    def _ask(self, node: Node, method: str) -> Any:
        body = self._call(DBusAddress(node[1], node[0], ACCESSIBLE), method)
        return body[0] if body else None

    def text(self, node: Node, what: str) -> str:
        """`Name` or `Description`."""
        address = DBusAddress(node[1], node[0], "org.freedesktop.DBus.Properties")
        body = self._call(address, "Get", "ss", (ACCESSIBLE, what))
        return str(body[0][1]) if body else ""

    def role(self, node: Node) -> str:
        return str(self._ask(node, "GetRoleName") or "")

    def states(self, node: Node) -> int:
        low, high = self._ask(node, "GetState") or (0, 0)
        return int(low) | int(high) << 32

    def groups(self, node: Node) -> list[Node]:
        """The groups around a thing, the outermost first."""
        around: list[Node] = []
        address = DBusAddress(node[1], node[0], "org.freedesktop.DBus.Properties")
        while body := self._call(address, "Get", "ss", (ACCESSIBLE, "Parent")):
            parent: Node = body[0][1]
            if self.role(parent) in ("frame", "application", ""):
                break
            if self.role(parent) in GROUPS:
                around.insert(0, parent)
            address = DBusAddress(parent[1], parent[0], "org.freedesktop.DBus.Properties")
        return around

    def spoken(self, node: Node) -> str:
        """A thing in a reader's words: name, role, whether it is chosen, description."""
        states, role = self.states(node), self.role(node)
        chosen = ("checked" if states >> CHECKED & 1 else "not checked") if states >> CHECKABLE & 1 else ""
        off = "" if states >> ENABLED & 1 else "unavailable"
        parts = [self.text(node, "Name"), "" if role in UNSPOKEN else role, chosen, off, self.text(node, "Description")]
        return ", ".join(part for part in parts if part)

    # -- events ---------------------------------------------------------------------------------------------------

    def _hear(self, message: Message) -> None:
        fields = message.header.fields
        node: Node = (fields[HeaderFields.sender], fields[HeaderFields.path])
        kind, on, _, value = message.body[:4]
        event = (fields[HeaderFields.member], kind)
        if event == ("StateChanged", "focused") and on:
            self._focused(node)
        elif fields[HeaderFields.member] == "Announcement":
            self.said.append(str(value[1]))
        elif event == ("StateChanged", "showing") and on and self.role(node) == "alert message":
            self.said.append(self.text(node, "Name"))
        elif node == self.focus and event == ("StateChanged", "checked"):
            self.said.append("checked" if on else "not checked")
        elif node == self.focus and event == ("PropertyChange", "accessible-name"):
            self.said.append(str(value[1]))

    def _focused(self, node: Node) -> None:
        if node == self.focus:
            return
        around = self.groups(node)
        new = [self.text(group, "Name") for group in around if group not in self._around]
        self.focus, self._around = node, [*around, node]
        self.focused = ": ".join([*(name for name in new if name), self.spoken(node)])
        self.focuses += 1
        self.said.append(self.focused)
