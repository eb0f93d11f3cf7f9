"""Real small disks: an ext4 of its own in a file, that can be full, turn read-only, and lose its power."""

from __future__ import annotations

import contextlib
import os
import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from tests.faults.registry import Cannot, need

EXT4_IOC_SHUTDOWN = 0x8004587D
"""`_IOR('X', 125, __u32)`, linux/fs/ext4/ext4.h."""

NO_LOG_FLUSH = 2
"""What is not on the disk yet is gone, the journal's newest entries too: as if the power had gone."""


class SmallDisk:
    """Mounted at `folder`. Everything here needs root on Linux."""

    def __init__(self, folder: Path, megabytes: int) -> None:
        self.folder = folder
        self.image = folder.with_suffix(".img")
        self.ballast = folder / "ballast"
        with self.image.open("wb") as file:
            file.truncate(megabytes * 1024 * 1024)
        run("mkfs.ext4", "-q", "-F", "-b", "4096", "-m", "0", str(self.image))
        folder.mkdir(parents=True, exist_ok=True)
        self.mount()

    def mount(self) -> None:
        run("mount", "-o", "loop,errors=remount-ro", str(self.image), str(self.folder))

    def unmount(self) -> None:
        run("umount", "-l", str(self.folder))

    @property
    def device(self) -> str:
        """`loop3`, by which the kernel's knobs for it are called."""
        told = run("losetup", "-j", str(self.image)).split(":")[0]
        return Path(told).name

    def cut_power(self) -> None:
        """From now on nothing reaches the disk, and what had not reached it is lost; `mount` it again."""
        import fcntl

        handle = os.open(self.folder, os.O_RDONLY)
        try:
            fcntl.ioctl(handle, EXT4_IOC_SHUTDOWN, struct.pack("I", NO_LOG_FLUSH))
        finally:
            os.close(handle)

    def power_again(self) -> None:
        """Nobody may hold a file of it open any more."""
        run("umount", str(self.folder))
        self.mount()

    def turn_read_only(self) -> None:
        """As the kernel does when it finds something wrong on a disk. `repair` makes it writable again."""
        Path(f"/sys/fs/ext4/{self.device}/trigger_fs_error").write_text("laboratory")

    def repair(self) -> None:
        """What an administrator does: unmount, check, mount."""
        run("umount", str(self.folder))
        subprocess.run(["fsck.ext4", "-p", "-f", str(self.image)], capture_output=True, check=False)
        self.mount()

    def fill(self, leave: int = 0) -> None:
        """Somebody else's file takes all the space, but for some bytes."""
        free = os.statvfs(self.folder)
        take = free.f_bavail * free.f_bsize - leave
        with self.ballast.open("ab", buffering=0) as file, contextlib.suppress(OSError):
            while take > 0:
                take -= file.write(b"x" * min(take, 64 * 1024))

    def free(self) -> None:
        """ext4 gives the space to others once its journal says that the file is gone: some seconds later, or now."""
        self.ballast.unlink(missing_ok=True)
        handle = os.open(self.folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def run(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode != 0:
        raise Cannot(f"{' '.join(command[:2])} does not work here: {done.stderr.strip()}")
    return done.stdout


@contextlib.contextmanager
def small_disk(folder: Path, megabytes: int = 32) -> Iterator[SmallDisk]:
    if sys.platform != "linux" or os.geteuid() != 0:
        raise Cannot("needs root on Linux to mount a disk")
    need("mkfs.ext4", "mount", "losetup")
    folder.parent.mkdir(parents=True, exist_ok=True)
    disk = SmallDisk(folder, megabytes)
    try:
        yield disk
    finally:
        disk.unmount()
