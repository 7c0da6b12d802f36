import koffi from "koffi";

/* The kernel's encryption of files, https://docs.kernel.org/filesystems/fscrypt.html; the numbers are linux/fscrypt.h's. */

const libc = koffi.load("libc.so.6");
const ioctlCall = libc.func("int ioctl(int fd, unsigned long request, void *argument)") as (
  fd: number,
  request: number,
  argument: Buffer,
) => number;

const ADD_ENCRYPTION_KEY = 0xc0506617;
const SET_ENCRYPTION_POLICY = 0x800c6613;

const KEY_SPEC_TYPE_IDENTIFIER = 2;
/** Of a key. */
export const KEY_BYTES = 64;
/** In the argument that adds a key: the identifier that the kernel answers, the key's size, the key. */
const IDENTIFIER = { start: 8, end: 24 };
const RAW_SIZE = 40;
const RAW = 80;

const POLICY_V2 = 2;
const AES_256_XTS = 1;
const AES_256_CTS = 4;
/** Encrypted names are padded to multiples of 32 bytes: their lengths tell less. */
const PAD_32 = 3;
const POLICY_BYTES = 24;

/** ENOTTY and EOPNOTSUPP: of file systems, and of kernels, that do not know encryption. */
const UNKNOWN = [25, 95];

/**
 * Has the kernel encrypt all that an empty folder will hold, contents (AES-256-XTS) and names (AES-256-CTS). The kernel
 * forgets the key when the file system is mounted nowhere any more. A folder that is encrypted already opens with its key.
 * @param fd of the folder, which cannot be the root of its file system
 * @param key {@link KEY_BYTES} of them
 * @throws Error when the kernel or the file system cannot, or the folder is encrypted under another key
 */
export function encryptFolder(fd: number, key: Buffer): void {
  const policy = Buffer.alloc(POLICY_BYTES);
  policy.set([POLICY_V2, AES_256_XTS, AES_256_CTS, PAD_32]);
  addKey(fd, key).copy(policy, POLICY_BYTES - (IDENTIFIER.end - IDENTIFIER.start));
  ioctl("FS_IOC_SET_ENCRYPTION_POLICY", fd, SET_ENCRYPTION_POLICY, policy);
}

/** Gives the file system a key. @returns its identifier */
function addKey(fd: number, key: Buffer): Buffer {
  const argument = Buffer.alloc(RAW + KEY_BYTES);
  try {
    argument.writeUInt32LE(KEY_SPEC_TYPE_IDENTIFIER, 0);
    argument.writeUInt32LE(KEY_BYTES, RAW_SIZE);
    key.copy(argument, RAW);
    ioctl("FS_IOC_ADD_ENCRYPTION_KEY", fd, ADD_ENCRYPTION_KEY, argument);
    return Buffer.from(argument.subarray(IDENTIFIER.start, IDENTIFIER.end));
  } finally {
    argument.fill(0);
  }
}

function ioctl(name: string, fd: number, request: number, argument: Buffer): void {
  if (ioctlCall(fd, request, argument) >= 0) return;
  const errno = koffi.errno();
  throw new Error(
    `${name}: ${UNKNOWN.includes(errno) ? "needs a kernel with CONFIG_FS_ENCRYPTION" : `errno ${errno}`}`,
  );
}
