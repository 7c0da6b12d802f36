"""A task with what another must not reach: a listening abstract socket, shared memory, a secret in its environment."""
import ctypes
import os
import socket
import time

listener = socket.socket(socket.AF_UNIX)
listener.bind("\0neargate-isolation-test")
listener.listen()
ctypes.CDLL(None).shmget(0x4E47, 4096, 0o1600)
for folder in ["/dev/shm", "/tmp"]:
    with open(f"{folder}/secret", "w") as file:
        file.write(os.environ["SECRET"])
print("ready", flush=True)
time.sleep(100000)
