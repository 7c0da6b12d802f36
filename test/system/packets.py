"""Sends and receives packets inside one network namespace, as it is told by lines of JSON: see router-kit.ts."""

import errno
import json
import select
import socket
import struct
import sys
import threading
import time

PATIENCE = 0.25
PIECE_MS = 10
sockets = {}


def family(address):
    return socket.AF_INET6 if ":" in address else socket.AF_INET


def checksum(data):
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    total = (total >> 16) + (total & 0xFFFF)
    return ~(total + (total >> 16)) & 0xFFFF


def mac(text):
    return bytes.fromhex(text.replace(":", ""))


def awaits(sock, event=select.POLLIN, seconds=PATIENCE):
    """Whether it comes within that time, which is waited in pieces: a pause of the whole machine takes one of them."""
    poll = select.poll()
    poll.register(sock, event)
    return any(poll.poll(PIECE_MS) for _ in range(round(seconds * 1000 / PIECE_MS)))


def echo_udp(sock):
    while True:
        data, sender = sock.recvfrom(65535)
        try:
            sock.sendto(data, sender)
        except OSError:
            pass


def echo_tcp(listener):
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=echo_connection, args=(connection,), daemon=True).start()


def echo_connection(connection):
    while data := connection.recv(65535):
        connection.sendall(data)


def serve(kind, address, port):
    """Sends back what comes to a TCP or UDP port."""
    sock = socket.socket(family(address), socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.bind((address, port))
    if kind == "tcp":
        sock.listen()
    threading.Thread(target=echo_tcp if kind == "tcp" else echo_udp, args=(sock,), daemon=True).start()


def udp(source, source_port, address, port, size):
    """The number of bytes that come back for a datagram of that size; none within a quarter second is null."""
    with socket.socket(family(address), socket.SOCK_DGRAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind((source, source_port))
        try:
            sock.sendto(b"x" * size, (address, port))
            return len(sock.recvfrom(65535)[0]) if awaits(sock) else None
        except OSError:
            return None


def exchange(address, port, seconds, patience, least=0):
    """
    Sends datagrams and awaits each answer, for so long, and until there are so many. The numbers of those sent and of
    those not answered.
    """
    sent = lost = 0
    end = time.monotonic() + seconds
    while time.monotonic() < end or sent < least:
        # Every tenth begins a new connection.
        with socket.socket(family(address), socket.SOCK_DGRAM) as sock:
            for _ in range(10):
                sent += 1
                sock.sendto(b"x", (address, port))
                if awaits(sock, seconds=patience):
                    sock.recv(10)
                else:
                    lost += 1
    return [sent, lost]


def connect(source, address, port):
    """Whether a TCP connection is made; it stays for `say`."""
    sock = socket.socket(family(address), socket.SOCK_STREAM)
    sock.bind((source, 0))
    sock.setblocking(False)
    code = sock.connect_ex((address, port))
    if code not in (0, errno.EINPROGRESS) or not awaits(sock, select.POLLOUT):
        return False
    if sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
        return False
    sockets["tcp"] = sock
    return True


def say():
    """Whether what is sent on the connection comes back."""
    try:
        sockets["tcp"].sendall(b"hello")
        return awaits(sockets["tcp"]) and sockets["tcp"].recv(5) == b"hello"
    except OSError:
        return False


def listen(address, protocol):
    """Takes packets of an IP protocol from now on, for `received`."""
    sock = socket.socket(family(address), socket.SOCK_RAW, protocol)
    sock.bind((address, 0))
    sockets["raw"] = sock


def received():
    """The source of the packet that came, or null."""
    with sockets.pop("raw") as sock:
        return sock.recvfrom(65535)[1][0] if awaits(sock) else None


def send(source, address, protocol, payload):
    """Sends a packet of any IP protocol; ICMPv6 gets its checksum from the kernel."""
    with socket.socket(family(address), socket.SOCK_RAW, protocol) as sock:
        sock.bind((source, 0))
        data = bytes.fromhex(payload)
        if protocol == 1:
            data = data[:2] + struct.pack("!H", checksum(data)) + data[4:]
        sock.sendto(data, (address, 0))


def frame(to, source_mac, source, address, protocol, payload):
    """Sends a packet under any MAC and IP address."""
    data = bytes.fromhex(payload)
    pack = lambda text: socket.inet_pton(family(text), text)
    if family(address) == socket.AF_INET:
        header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(data), 1, 0, 64, protocol, 0) + pack(source) + pack(address)
        header = header[:10] + struct.pack("!H", checksum(header)) + header[12:]
        kind = 0x0800
    else:
        header = struct.pack("!IHBB", 6 << 28, len(data), protocol, 64) + pack(source) + pack(address)
        kind = 0x86DD
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sock:
        sock.bind(("eth0", kind))
        sock.send(mac(to) + mac(source_mac) + struct.pack("!H", kind) + header + data)


def arp(source_mac, source, address):
    """Whether a question for the MAC of an address, asked under any sender's address, is answered."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0806)) as sock:
        sock.bind(("eth0", 0x0806))
        question = struct.pack("!HHBBH", 1, 0x0800, 6, 4, 1) + mac(source_mac) + socket.inet_aton(source)
        sock.send(b"\xff" * 6 + mac(source_mac) + b"\x08\x06" + question + b"\0" * 6 + socket.inet_aton(address))
        while awaits(sock):
            answer = sock.recv(64)
            if answer[20:22] == b"\0\2" and answer[28:32] == socket.inet_aton(address):
                return True
        return False


def raw(frames):
    """Sends whole frames, as they are."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as sock:
        sock.bind(("eth0", 0))
        for each in frames:
            sock.send(bytes.fromhex(each))


def capture():
    """Takes every frame that comes in from now on, for `captured`."""
    sock = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0003))
    sock.bind(("eth0", 0x0003))
    sockets["capture"] = sock


def captured():
    """The frames that came since, once none has for a quarter second; those that were sent are not among them."""
    frames = []
    with sockets.pop("capture") as sock:
        while awaits(sock):
            data, (_, _, kind, _, _) = sock.recvfrom(65535)
            if kind != socket.PACKET_OUTGOING:
                frames.append(data.hex())
    return frames


def errors(source, source_port, address, port):
    """Connects a UDP socket, for `error`."""
    sock = socket.socket(family(address), socket.SOCK_DGRAM)
    sock.bind((source, source_port))
    sock.connect((address, port))
    sock.send(b"x")
    try:
        if awaits(sock):
            sock.recv(10)
    except OSError:
        pass
    sockets["errors"] = sock


def error(is_awaited):
    """The name of the error that the connected UDP socket was told of, or null; one that is on its way can be awaited."""
    with sockets.pop("errors") as sock:
        if is_awaited:
            awaits(sock, select.POLLERR)
        return errno.errorcode.get(sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))


COMMANDS = {
    command.__name__: command
    for command in (
        serve, udp, exchange, connect, say, listen, received, send, frame, arp, raw, capture, captured, errors, error
    )
}

for line in sys.stdin:
    name, *args = json.loads(line)
    print(json.dumps(COMMANDS[name](*args)), flush=True)
