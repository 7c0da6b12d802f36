"""What a task could reach whose root had got every capability and lost its seccomp filter. Run from the host in the task's
namespaces. Prints a line for each attempt: its name and what became of it, "done" when nothing stood in the way."""
import ctypes
import errno
import os

libc = ctypes.CDLL(None, use_errno=True)
CLEAR_LOG = 5
MNT_DETACH = 2


def attempt(name, work):
    try:
        print(f"{name}: {work() or 'done'}", flush=True)
    except OSError as failure:
        print(f"{name}: {errno.errorcode.get(failure.errno, failure)}", flush=True)


def check(result):
    if result < 0:
        raise OSError(ctypes.get_errno(), "")


def mount(source, target, kind, flags=0, data=None):
    check(libc.mount(source, target, kind, flags, data))


def write(path, text="|/bin/false"):
    with open(path, "w") as file:
        file.write(text)


def read(path):
    with open(path, "rb", buffering=0) as file:
        return None if file.read(64) else "empty"


def device(name, kind, major, minor):
    os.mknod(f"/tmp/{name}", kind | 0o600, os.makedev(major, minor))
    os.close(os.open(f"/tmp/{name}", os.O_RDWR))


def release_agent():
    os.makedirs("/tmp/cgroup", exist_ok=True)
    mount(b"cgroup", b"/tmp/cgroup", b"cgroup", 0, b"memory")
    write("/tmp/cgroup/release_agent", "/bin/false")


capabilities = next(line for line in open("/proc/self/status") if line.startswith("CapEff:")).split()[1]
attempt("capabilities", lambda: capabilities)
os.mkdir("/tmp/own")
attempt("own mount", lambda: mount(b"none", b"/tmp/own", b"tmpfs"))
attempt("own umount of /proc/sys", lambda: check(libc.umount2(b"/proc/sys", MNT_DETACH)))
attempt("own remount of /sys", lambda: mount(b"none", b"/sys", None, 4096 | 32))
libc.umount2(b"/proc/sysrq-trigger", MNT_DETACH)
for path in ["/proc/sys/kernel/core_pattern", "/proc/sys/kernel/modprobe", "/proc/sys/vm/drop_caches", "/proc/sysrq-trigger"]:
    attempt(f"write {path}", lambda: write(path))
attempt("write /sys/kernel/uevent_helper", lambda: write("/sys/kernel/uevent_helper"))
attempt("release_agent", release_agent)
attempt("device memory", lambda: device("memory", 0o020000, 1, 1))
attempt("device disk", lambda: device("disk", 0o060000, 254, 0))
attempt("read /dev/mem", lambda: read("/dev/mem"))
attempt("mount of a disk", lambda: mount(b"/dev/vda", b"/tmp/own", b"ext4"))
attempt("init_module", lambda: check(libc.init_module(ctypes.create_string_buffer(64), 64, b"")))
attempt("settimeofday", lambda: check(libc.settimeofday(ctypes.create_string_buffer(16), 0)))
attempt("swapon", lambda: check(libc.swapon(b"/tmp/none", 0)))
attempt("syslog", lambda: check(libc.klogctl(CLEAR_LOG, 0, 0)))
attempt("acct", lambda: check(libc.acct(b"/tmp/none")))
