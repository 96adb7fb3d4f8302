"""Become another program that dies with its parent, if asked under another user.

Run as `python -I -S launch.py PARENT_PID SIGNAL UID GID UMASK PROGRAM ARGUMENT…`. It is a program
of its own because nothing but exec is safe between fork and exec in a process with threads.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def end_with_parent(death_signal: int) -> None:
    """Let the kernel send us the signal when our parent ends (Linux; elsewhere nothing)."""
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)


def main(
    parent: int, death_signal: int, uid: int, gid: int, umask: int, command: list[str]
) -> None:
    os.umask(umask)
    if os.getuid() == 0 and uid != 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    end_with_parent(death_signal)  # after setuid, which would clear it again
    if os.getppid() != parent:
        sys.exit(1)  # the parent died before the promise was made
    os.execv(command[0], command)  # noqa: S606  no shell is wanted


if __name__ == "__main__":
    parent, death_signal, uid, gid = map(int, sys.argv[1:5])
    main(parent, death_signal, uid, gid, int(sys.argv[5], 8), sys.argv[6:])
