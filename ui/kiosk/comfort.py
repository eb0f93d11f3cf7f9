"""What helps this customer to see and reach: QML's `vm.comfort`. It ends with the visit."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Property, QObject, Signal, Slot

from ui.context import Shell
from ui.text import percent

SIZES = (1.0, 1.5, 2.0)
"""How much larger type can be; twice is what WCAG 2.2 (1.4.4) asks for."""
PATIENCE = 4
"""How much longer everything waits for somebody who needs more time; the question "still there?" comes before an end,
and can be answered as often as one likes (WCAG 2.2, 2.2.1)."""


class Comfort(QObject):
    changed = Signal()

    def __init__(self, shell: Shell, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shell = shell
        self._magnified = SIZES[0]
        self._contrast = self._reach = self._still = self._patient = False
        shell.languageChanged.connect(self.changed)

    @Slot()
    def reset(self) -> None:
        """As the shop wants it, for the next customer."""
        self._magnified = SIZES[0]
        self._contrast = self._reach = self._still = False
        self._set_patient(False)

    def kept(self) -> dict[str, float]:
        """What differs from how the shop wants it, for a screen that is started again."""
        now = {"magnified": self._magnified, "contrast": self._contrast, "reach": self._reach}
        now |= {"still": self._still, "patient": self._patient}
        return {name: float(value) for name, value in now.items() if value != (SIZES[0] if name == "magnified" else 0)}

    def take_up(self, kept: Mapping[str, float]) -> None:
        for name, value in kept.items():
            if name in ("magnified", "contrast", "reach", "still", "patient"):
                self.setProperty(name, value if name == "magnified" else bool(value))

    def _set_magnified(self, size: float) -> None:
        self._magnified = min(max(size, SIZES[0]), SIZES[-1])
        self.changed.emit()

    def _set_contrast(self, wanted: bool) -> None:
        self._contrast = wanted
        self.changed.emit()

    def _set_reach(self, wanted: bool) -> None:
        self._reach = wanted
        self.changed.emit()

    def _set_still(self, wanted: bool) -> None:
        self._still = wanted
        self.changed.emit()

    def _set_patient(self, wanted: bool) -> None:
        self._patient = wanted
        self._shell.set_patience(self.patience)
        self.changed.emit()

    @property
    def patience(self) -> int:
        return PATIENCE if self._patient else 1

    def _sizes(self) -> list[dict[str, object]]:
        return [{"key": str(size), "size": size, "text": percent(size, self._shell.language)} for size in SIZES]

    def _helps(self) -> bool:
        return self._magnified > 1 or self._contrast or self._reach or self._still or self._patient

    magnified = Property(float, lambda self: self._magnified, _set_magnified, notify=changed)
    contrast = Property(bool, lambda self: self._contrast, _set_contrast, notify=changed)
    reach = Property(bool, lambda self: self._reach, _set_reach, notify=changed)
    still = Property(bool, lambda self: self._still, _set_still, notify=changed)
    patient = Property(bool, lambda self: self._patient, _set_patient, notify=changed)
    longer = Property(int, lambda self: self.patience, notify=changed)
    sizes = Property("QVariantList", _sizes, notify=changed)
    helps = Property(bool, _helps, notify=changed)
