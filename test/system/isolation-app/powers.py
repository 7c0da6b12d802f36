"""What root of a task keeps although it has users of its own. Prints a line for each: its name and what came of it."""
import os
import shutil
import socket
import struct
import subprocess
import sys


def say(name, work):
    try:
        print(f"{name}: {work()}", flush=True)
    except OSError as failure:
        print(f"{name}: {failure.strerror}", flush=True)


def owner(path):
    found = os.stat(path)
    return f"{found.st_uid}:{found.st_gid}"


def chown():
    open("/tmp/file", "w").close()
    os.chown("/tmp/file", 1000, 65535)
    return owner("/tmp/file")


def low_port():
    with socket.create_server(("", 80)) as server:
        return server.getsockname()[1]


def ping():
    """One's own address, by a raw socket."""
    with socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP) as raw:
        raw.settimeout(5)
        raw.sendto(struct.pack("!BBHHH", 8, 0, 0xF7FE, 1, 0), ("127.0.0.1", 0))
        return f"{len(raw.recv(1024))} bytes"


def packets():
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(3)) as raw:
        raw.bind(("eth0", 0))
        return "bound"


def set_user_id():
    """What a program with the bit runs as when user 1000 starts it."""
    shutil.copy(os.path.realpath(sys.executable), "/usr/bin/elevated")
    os.chmod("/usr/bin/elevated", 0o4755)
    program = ["/usr/bin/elevated", "-c", "import os; print(os.getuid(), os.geteuid())"]
    return subprocess.run(program, user=1000, group=1000, capture_output=True, text=True).stdout.strip()


def standard_output():
    """Opened anew by another user, as programs do that log to /dev/stdout."""
    program = ["sh", "-c", "echo 'by /dev/stdout: done' > /dev/stdout; echo 'by /dev/stderr: done' > /dev/stderr"]
    return subprocess.run(program).returncode


def volume():
    open("/volume/of-root", "w").close()
    open("/volume/of-1000", "w").close()
    os.chown("/volume/of-1000", 1000, 1000)
    return f"{owner('/volume')} {owner('/volume/of-root')} {owner('/volume/of-1000')}"


def changed(path):
    with open(path, "a") as file:
        file.write("# changed\n")
    return owner(path)


say("image", lambda: owner("/bin/sh"))
say("chown", chown)
say("port 80", low_port)
say("ping", ping)
say("packets", packets)
say("set-user-id", set_user_id)
say("standard output", standard_output)
say("volume", volume)
say("hosts", lambda: changed("/etc/hosts"))
say("fifo", lambda: os.mkfifo("/tmp/fifo") or owner("/tmp/fifo"))
