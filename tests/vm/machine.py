"""One machine under QEMU: its disk, its power switch, and commands in it."""

from __future__ import annotations

import base64
import itertools
import json
import os
import queue
import signal
import socket
import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from image import SOURCE, WORK, Image

MEMORY_MB = 6144
# Emulated, and on a machine that may be busy: what is quick on hardware takes a minute here.
BOOT_SECONDS = 900


class Failed(Exception):
    """What a scenario wanted does not hold."""


@dataclass(frozen=True)
class Done:
    code: int
    out: str
    err: str

    def told(self) -> str:
        return (self.out + self.err).strip()


class Machine:
    """Boots from a copy of the image that grows beside it. Its owner calls power_cut(), in the end too."""

    def __init__(self, image: Image, name: str, files: Path):
        self._image = image
        self._files = files  # what the machine sees, read only, under /files
        self._disk = WORK / f"{name}.qcow2"
        self._port = WORK / f"{name}.port"
        self.console = WORK / f"{name}.console"
        self._qemu: subprocess.Popen | None = None
        self._link: _Link | None = None

    def new_disk(self) -> None:
        self._disk.unlink(missing_ok=True)
        self.console.unlink(missing_ok=True)
        arguments = ["-f", "qcow2", "-F", "raw", "-b", str(self._image.disk.resolve()), str(self._disk)]
        subprocess.run(["qemu-img", "create", "-q", *arguments], check=True)

    def forget(self) -> None:
        self._disk.unlink(missing_ok=True)

    def power_on(self) -> None:
        self._port.unlink(missing_ok=True)
        self._qemu = subprocess.Popen(
            ["nice", "-n", "5", "qemu-system-x86_64", *self._arguments()],
            stdin=subprocess.DEVNULL,
            # Ctrl-C is for the test, which then ends the machine itself.
            start_new_session=True,
        )
        wait_until(self._port.exists, 30, "QEMU runs")
        self._link = _Link(self._port)
        self._await_boot("")

    def _arguments(self) -> list[str]:
        return [
            # TCG on purpose: it is everywhere, and KVM is not always what it says.
            *("-accel", "tcg,thread=multi,tb-size=1024", "-smp", "2", "-m", str(MEMORY_MB)),
            *("-cpu", "Nehalem,+aes,+pclmulqdq,+movbe,+popcnt"),
            *("-nodefaults", "-no-user-config", "-display", "none"),
            *("-chardev", f"file,id=console,path={self.console},append=on", "-serial", "chardev:console"),
            *("-kernel", str(self._image.kernel), "-initrd", str(self._image.initrd)),
            # With mitigations each system call costs the emulator its translations; with libraries at one address processes share them.
            *("-append", "root=/dev/vda rw console=ttyS0 panic=-1 mitigations=off norandmaps trace_event=signal:signal_generate"),
            # What is flushed is on the disk; what is not may be lost with QEMU, as with the memory of a disk.
            *("-drive", f"file={self._disk},if=virtio,format=qcow2,cache=writeback"),
            # A route to a gateway that answers, and nobody behind it. An IPv6 address would come whenever it likes.
            *("-netdev", "user,id=net,restrict=on,ipv6=off", "-device", "virtio-net-pci,netdev=net"),
            *("-fsdev", f"local,id=files,path={self._files},security_model=none,readonly=on"),
            *("-device", "virtio-9p-pci,fsdev=files,mount_tag=files"),
            *("-device", "virtio-serial-pci", "-chardev", f"socket,id=vm,path={self._port},server=on,wait=off"),
            *("-device", "virtserialport,chardev=vm,name=vm", "-device", "virtio-rng-pci"),
        ]

    def power_cut(self) -> None:
        """As when the plug is pulled: nothing in the machine learns of it."""
        if self._qemu is None:
            return
        os.kill(self._qemu.pid, signal.SIGKILL)
        self._qemu.wait()
        self._qemu = None
        self._link.close()
        self._link = None
        self._port.unlink(missing_ok=True)

    def reboot(self) -> float:
        """Orderly. Returns the seconds until it takes commands again."""
        begun = time.monotonic()
        boot = self._link.boot
        self.run("systemctl reboot --no-block")
        self._await_boot(boot)
        return time.monotonic() - begun

    def _await_boot(self, before: str) -> None:
        def booted():
            if self._qemu.poll() is not None:
                raise Failed(f"QEMU ended with {self._qemu.returncode}")
            return self._link.boot not in ("", before)

        wait_until(booted, BOOT_SECONDS, f"the machine is up; {self.console} has its console")
        self.run("systemctl is-system-running --wait", timeout=BOOT_SECONDS, check=False)

    def run(self, script: str, *, timeout: float = 120, given: bytes = b"", check: bool = True) -> Done:
        """Has bash carry it out as root. Exit code 124 is a timeout."""
        done = self._link.ask(script, timeout, given)
        if check and done.code != 0:
            raise Failed(f"{script}\nended with {done.code}\n{done.told()}")
        return done

    def out(self, script: str, **options) -> str:
        return self.run(script, **options).out.strip()

    def begin(self, script: str, timeout: float = 600) -> Callable[[], Done]:
        """The same, without waiting; what it returns waits."""
        answers: queue.Queue = queue.Queue()
        link = self._link

        def ask() -> None:
            try:
                answers.put(link.ask(script, timeout, b""))
            except Failed as silent:  # the power was cut meanwhile, or it is told to who waits
                answers.put(Done(255, "", str(silent)))

        threading.Thread(target=ask, daemon=True).start()
        return lambda: answers.get(timeout=timeout + 120)

    def put(self, source: Path, target: str, mode: str = "755") -> None:
        self.run(f"cat > {target} && chmod {mode} {target}", given=source.read_bytes())


class _Link:
    """One line of JSON for each command and each answer, over the machine's virtio port."""

    def __init__(self, port: Path):
        self.boot = ""  # the machine's own name for its present run
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.connect(str(port))
        self._ids = itertools.count(1)
        self._sending = threading.Lock()
        self._answers: dict[int, queue.Queue] = {}
        threading.Thread(target=self._receive, daemon=True).start()

    def close(self) -> None:
        self._socket.close()

    def _receive(self) -> None:
        unread = b""
        while True:
            try:
                block = self._socket.recv(65536)
            except OSError:
                return
            if not block:
                return
            *lines, unread = (unread + block).split(b"\n")
            for line in lines:
                try:
                    message = json.loads(line)
                except ValueError:
                    continue  # cut off by a reboot
                if "boot" in message:
                    self.boot = message["boot"]
                elif message["id"] in self._answers:
                    self._answers[message["id"]].put(message)

    def ask(self, script: str, timeout: float, given: bytes) -> Done:
        number = next(self._ids)
        answers = self._answers[number] = queue.Queue()
        request = {"id": number, "script": script, "timeout": timeout, "input": base64.b64encode(given).decode()}
        try:
            with self._sending:
                self._socket.sendall(json.dumps(request).encode() + b"\n")
            answer = answers.get(timeout=timeout + 60)
        except (OSError, queue.Empty):
            raise Failed(f"the machine did not answer to: {script}") from None
        finally:
            del self._answers[number]
        out, err = (base64.b64decode(answer[part]).decode(errors="replace") for part in ("out", "err"))
        return Done(answer["code"], out, err)


def wait_until(check: Callable[[], object], seconds: float, what: str):
    """The first true answer of `check`; polls, because what is waited for is another program."""
    deadline = time.monotonic() + seconds
    while True:
        answer = check()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise Failed(f"not within {seconds:.0f} s: {what}; last answer: {answer!r}")
        time.sleep(0.2)
