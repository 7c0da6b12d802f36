"""What a hostile container tries against the host and other tasks. Prints a line for each attempt: its name and what
became of it, "done" when nothing stood in the way. Arguments: a process id of another task on the host, its secret."""
import ctypes
import errno
import glob
import os
import platform
import socket
import sys
import threading
import time

OTHER_PID, SECRET = int(sys.argv[1]), sys.argv[2].encode()
libc = ctypes.CDLL(None, use_errno=True)
ARM = platform.machine() == "aarch64"

# Numbers on x86-64 and on ARM64, with arguments that get as far as a check of permissions.
CALLS = {
    "add_key": (248, 217, (b"user", b"probe", b"x", 1, -3)),
    "keyctl": (250, 219, (0, -5, 0)),
    "bpf": (321, 280, (0, ctypes.create_string_buffer(64), 64)),
    "userfaultfd": (323, 282, (0,)),
    "kexec_load": (246, 104, (0, 0, 0, 0)),
    "kexec_file_load": (320, 294, (-1, -1, 0, 0, 0)),
    "init_module": (175, 105, (ctypes.create_string_buffer(64), 64, b"")),
    "finit_module": (313, 273, (0, b"", 0)),
    "delete_module": (176, 106, (b"overlay", 0)),
    "perf_event_open": (298, 241, (ctypes.create_string_buffer(128), 0, -1, -1, 0)),
    "mount": (165, 40, (b"none", b"/tmp", b"tmpfs", 0, 0)),
    "bind mount": (165, 40, (b"/proc", b"/tmp", 0, 4096, 0)),
    "remount of /proc/sys": (165, 40, (0, b"/proc/sys", 0, 4096 | 32, 0)),
    "umount2": (166, 39, (b"/proc/sys", 2)),
    "pivot_root": (155, 41, (b"/", b"/tmp")),
    "open_tree": (428, 428, (-100, b"/", 1)),
    "fsopen": (430, 430, (b"tmpfs", 0)),
    "open_by_handle_at": (304, 265, (-100, ctypes.create_string_buffer(b"\x08\0\0\0\x01\0\0\0", 32), 0)),
    "swapon": (167, 224, (b"/tmp/none", 0)),
    "reboot": (169, 142, (-18751827, 672274793, 0, 0)),
    "settimeofday": (164, 170, (ctypes.create_string_buffer(16), 0)),
    "sethostname": (170, 161, (b"taken", 5)),
    "acct": (163, 89, (b"/tmp/none",)),
    "syslog": (103, 116, (3, ctypes.create_string_buffer(64), 64)),
    "unshare of a mount namespace": (272, 97, (0x00020000,)),
}
WRITES = [
    "/proc/sys/kernel/core_pattern",
    "/proc/sys/kernel/modprobe",
    "/proc/sys/vm/drop_caches",
    "/proc/sys/net/ipv4/ip_forward",
    "/proc/sysrq-trigger",
    "/proc/irq/default_smp_affinity",
    "/sys/kernel/uevent_helper",
    "/sys/power/state",
    "/sys/fs/cgroup/release_agent",
    "/sys/fs/cgroup/memory/release_agent",
    "/sys/fs/cgroup/cgroup.procs",
]
READS = ["/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/kmsg", "/dev/mem", "/dev/kmsg", "/sys/firmware/dmi/tables/DMI"]
# Devices that the kernel of the host would serve: its memory, its log, a disk, the loop control.
DEVICES = {"memory": (0o020000, 1, 1), "log": (0o020000, 1, 11), "disk": (0o060000, 254, 0), "loop": (0o020000, 10, 237)}


def say(name, result):
    print(f"{name}: {result}", flush=True)


def attempt(name, work):
    try:
        say(name, work() or "done")
    except OSError as failure:
        say(name, errno.errorcode.get(failure.errno, str(failure)))


def system_call(number, arguments):
    ctypes.set_errno(0)
    if libc.syscall(number, *arguments) < 0:
        raise OSError(ctypes.get_errno(), "")


def write(path):
    with open(path, "r+b", buffering=0) as file:
        file.write(b"|/bin/false")


def read(path):
    with open(path, "rb", buffering=0) as file:
        return None if file.read(64) else "empty"


def device(name, kind, major, minor):
    path = f"/tmp/{name}"
    os.mknod(path, kind | 0o600, os.makedev(major, minor))
    os.close(os.open(path, os.O_RDWR))


def abstract_socket():
    with socket.socket(socket.AF_UNIX) as client:
        client.connect("\0neargate-isolation-test")


def shared_memory():
    if libc.shmget(0x4E47, 4096, 0o600) < 0:
        raise OSError(ctypes.get_errno(), "")


def ptrace():
    if libc.ptrace(16, OTHER_PID, 0, 0) < 0:  # PTRACE_ATTACH
        raise OSError(ctypes.get_errno(), "")


def signals():
    own = {int(path.rsplit("/", 1)[1]) for path in glob.glob("/proc/[0-9]*")}
    reached = []
    for pid in [*range(1, 1024), OTHER_PID]:
        try:
            os.kill(pid, 0)
        except OSError:
            continue
        # A thread's number works as well, and is no folder in the list.
        if pid not in own and not any(os.path.exists(f"/proc/{each}/task/{pid}") for each in own):
            reached.append(pid)
    return f"reaches {reached}" if reached else "none"


def secrets():
    found = []
    for pattern in ["/proc/[0-9]*/environ", "/proc/[0-9]*/cmdline", "/dev/shm/*", "/dev/mqueue/*", "/tmp/*"]:
        for path in glob.glob(pattern):
            if f"/{os.getpid()}/" in path or "/self/" in path:
                continue
            try:
                if SECRET in open(path, "rb").read() and "/1/" not in path:
                    found.append(path)
            except OSError:
                pass
    return f"found in {found}" if found else "none"


def sockets():
    """Of other programs: containerd's, its shims', Docker's."""
    listed = [line for line in open("/proc/net/unix") if "/" in line or "@" in line]
    there = [path for path in ["/run/containerd/containerd.sock", "/run/containerd/s", "/var/run/docker.sock", "/run/neargate"]
             if os.path.exists(path)]
    return f"{listed}{there}" if listed or there else "none"


def overwrite_runtime():
    """CVE-2019-5736: who runs a program in here passes through /proc/PID/exe for a moment, as itself."""
    while True:
        for link in glob.glob("/proc/[0-9]*/exe"):
            try:
                target = os.readlink(link)
                if "python" in target or "busybox" in target:
                    continue
                held = os.open(link, os.O_PATH)
                os.close(os.open(f"/proc/self/fd/{held}", os.O_WRONLY))
                say("overwriting the runtime", f"{target} can be written")
            except OSError:
                pass


threading.Thread(target=overwrite_runtime, daemon=True).start()
for name, (intel, arm, arguments) in CALLS.items():
    attempt(name, lambda: system_call(arm if ARM else intel, arguments))
for path in WRITES:
    attempt(f"write {path}", lambda: write(path))
for path in READS:
    attempt(f"read {path}", lambda: read(path))
for name, numbers in DEVICES.items():
    attempt(f"device {name}", lambda: device(name, *numbers))
attempt("abstract socket of another task", abstract_socket)
attempt("shared memory of another task", shared_memory)
attempt("ptrace of another task", ptrace)
attempt("signals to others", signals)
attempt("secrets of another task", secrets)
attempt("sockets of the host", sockets)
say("end", "reached")
time.sleep(100000)
