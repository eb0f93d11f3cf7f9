"""What a simulated card terminal does with cards. By itself, so that who only reads settings loads nothing else."""

from __future__ import annotations

from typing import Literal

Mode = Literal["approve", "decline", "timeout", "unreachable"]
