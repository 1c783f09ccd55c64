"""`tusker run`: a program in a node behaves as one on this machine."""

import os
import pty
import select
import signal
import subprocess
import time

import pytest

from harness import TUSKER, wait_until


@pytest.fixture(scope="module")
def cluster(installation):
    installation.wait_running(installation.create("programs", core=1))
    return "programs"


def start(installation, cluster, *argv, **options):
    return installation.start("run", cluster, "--", *argv, **options)


def processes_named(word):
    found = []
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                argv = open(f"/proc/{entry}/cmdline", "rb").read().split(b"\0")
            except OSError:
                continue
            if word in argv and not os.readlink(f"/proc/{entry}/exe").endswith("tusker"):
                found.append(int(entry))
    return found


def test_exit_codes_and_both_outputs_pass_through(installation, cluster):
    done = installation.tusker("run", cluster, "--", "sh", "-c", "echo out; echo err >&2; exit 7", check=False)
    assert (done.returncode, done.stdout, done.stderr) == (7, b"out\n", b"err\n")


def test_a_program_that_is_not_there_ends_with_127_and_its_name(installation, cluster):
    done = installation.tusker("run", cluster, "--", "no-such-program", check=False)
    assert done.returncode == 127
    assert b"no-such-program" in done.stderr


def test_more_input_and_output_than_any_window_pass_through_unchanged(installation, cluster):
    big = os.urandom(30 << 20)
    assert installation.tusker("run", cluster, "--", "cat", input=big).stdout == big


def test_input_that_the_program_does_not_read_holds_nothing_up(installation, cluster):
    assert installation.tusker("run", cluster, "--", "true", input=b"x" * (5 << 20)).returncode == 0


def test_it_runs_as_an_ordinary_user(installation, cluster):
    assert installation.tusker("run", cluster, "--", "id", "-un").stdout == b"tusker\n"


def test_ctrl_c_reaches_the_program(installation, cluster):
    running = start(installation, cluster, "sh", "-c", 'trap "exit 42" INT; echo ready; while :; do sleep 0.1; done', stdout=subprocess.PIPE)
    assert running.stdout.readline() == b"ready\n"
    running.send_signal(signal.SIGINT)
    assert running.wait(timeout=20) == 42


def test_a_reader_that_goes_away_ends_the_program(installation, cluster):
    running = start(installation, cluster, "yes", "nobody-reads-this", stdout=subprocess.PIPE)
    assert running.stdout.readline() == b"nobody-reads-this\n"
    running.stdout.close()
    assert running.wait(timeout=20) == 128 + signal.SIGPIPE
    wait_until(lambda: not processes_named(b"nobody-reads-this"), 20, "the program is gone")


def test_a_caller_that_is_killed_takes_its_program_with_it(installation, cluster):
    running = start(installation, cluster, "sleep", "86399")
    wait_until(lambda: processes_named(b"86399"), 20, "the program runs")
    running.kill()
    running.wait()
    wait_until(lambda: not processes_named(b"86399"), 20, "the program is gone")


def test_an_agent_that_is_killed_ends_users_programs_and_says_so(installation, cluster):
    running = start(installation, cluster, "sleep", "86398", stderr=subprocess.PIPE)
    wait_until(lambda: processes_named(b"86398"), 20, "the program runs")
    installation.kill("agent")
    assert running.wait(timeout=60) != 0
    assert b"connection" in running.stderr.read()
    wait_until(lambda: not processes_named(b"86398"), 30, "the program is gone")
    wait_until(lambda: installation.pid_of("agent"), 20, "the agent is back")
    wait_until(lambda: installation.tusker("run", cluster, "--", "true", check=False).returncode == 0, 30, "programs run again")


def test_a_terminal_is_a_terminal(installation, cluster):
    child, terminal = pty.fork()
    if child == 0:
        os.environ["TUSKER_DATA"] = str(installation.data)
        os.execv(str(TUSKER), ["tusker", "run", cluster, "--", "sh", "-c", "test -t 0 && stty size && exit 9"])
    shown = b""
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        if select.select([terminal], [], [], 0.2)[0]:
            try:
                shown += os.read(terminal, 4096)
            except OSError:
                break
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 9, shown
    assert b"24 80" in shown
