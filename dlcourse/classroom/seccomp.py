"""A filter of system calls: ``bwrap`` takes its bytes, a container's worker its own.

All is allowed but what arithmetic never needs and holes in kernels do: new namespaces,
mounts, tracing, keys, BPF, io_uring, and sockets of families that a network namespace
does not confine (AF_VSOCK reaches the host of a virtual machine). Numbers and layout
are Linux's: seccomp(2), include/uapi/linux/filter.h, arch/*/entry/syscalls.
"""

import ctypes
import platform
import struct

__all__ = ["install", "program"]

DENIED = {  # name: its number on (x86_64, aarch64)
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "fanotify_init": (300, 262),
    "keyctl": (250, 219),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "vmsplice": (278, 75),
    "kexec_load": (246, 104),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "swapon": (167, 224),
    "acct": (163, 89),
    "quotactl": (179, 60),
    "reboot": (169, 142),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "syslog": (103, 116),
    "lookup_dcookie": (212, 18),
}
CLONE, CLONE3, SOCKET = (56, 220), (435, 435), (41, 198)
MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
FAMILIES = 1, 2, 10, 16  # of sockets that are let through: unix, inet, inet6, netlink
NAMESPACES = 0x7E020000  # the flags of clone() that make one
X32 = 0x40000000  # the same calls under other numbers

ALLOW, KILL, EPERM, ENOSYS = 0x7FFF0000, 0x80000000, 0x00050001, 0x00050026
LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
NUMBER, ARCHITECTURE, FIRST_ARGUMENT = 0, 4, 16  # where they lie in seccomp_data
NO_NEW_PRIVILEGES, SECCOMP, FILTER = 38, 22, 2  # of prctl(2)


def program(machine=None):
    """The filter for this ``machine``; None for one that is not in the table."""
    machine = machine or platform.machine()
    if machine not in MACHINES:
        return None
    column, architecture = MACHINES[machine]
    # Each step: operation, steps to skip where it holds, where it does not, a number.
    steps = [
        (LOAD, 0, 0, ARCHITECTURE),
        (EQUAL, 1, 0, architecture),
        (RETURN, 0, 0, KILL),
        (LOAD, 0, 0, NUMBER),
    ]
    if machine == "x86_64":
        steps += [(AT_LEAST, 0, 1, X32), (RETURN, 0, 0, EPERM)]
    for numbers in DENIED.values():
        steps += [(EQUAL, 0, 1, numbers[column]), (RETURN, 0, 0, EPERM)]
    # Its flags lie in memory, where no filter sees them: without it libc takes clone.
    steps += [(EQUAL, 0, 1, CLONE3[column]), (RETURN, 0, 0, ENOSYS)]
    steps += [
        (EQUAL, 0, 4, CLONE[column]),
        (LOAD, 0, 0, FIRST_ARGUMENT),
        (ANY_BIT, 0, 1, NAMESPACES),
        (RETURN, 0, 0, EPERM),
        (RETURN, 0, 0, ALLOW),
    ]
    most = len(FAMILIES)
    steps += [(EQUAL, 0, 2 + most, SOCKET[column]), (LOAD, 0, 0, FIRST_ARGUMENT)]
    steps += [(EQUAL, most - i, 0, each) for i, each in enumerate(FAMILIES)]
    steps += [(RETURN, 0, 0, EPERM), (RETURN, 0, 0, ALLOW)]
    return b"".join(struct.pack("<HBBI", *step) for step in steps)


def install():
    """Put the filter, where there is one, round this process and all it will start."""
    if raw := program():
        steps = ctypes.create_string_buffer(raw, len(raw))
        about = struct.pack("HP", len(raw) // 8, ctypes.addressof(steps))
        call = ctypes.CDLL(None, use_errno=True).prctl
        call.argtypes = ctypes.c_int, *[ctypes.c_void_p] * 4
        for asked in ((NO_NEW_PRIVILEGES, 1), (SECCOMP, FILTER, about)):
            if call(*asked, *[0] * (5 - len(asked))):
                raise OSError(ctypes.get_errno(), "the system calls are not filtered")
