/** The bytes of instructions, each beside what an assembler calls it. */
type Listing = readonly (readonly [bytes: string, assembly: string])[];

/** Linux on x86-64; numbers of system calls in eax. */
const X86_64: Listing = [
  ["b8 0d 00 00 00", "mov eax, 13 (rt_sigaction)"],
  ["bf 11 00 00 00", "mov edi, 17 (SIGCHLD)"],
  ["48 8d 35 13 00 00 00", "lea rsi, [rip + 19] (the action, behind the code)"],
  ["31 d2", "xor edx, edx"],
  ["41 ba 08 00 00 00", "mov r10d, 8"],
  ["0f 05", "syscall"],
  ["b8 22 00 00 00", "mov eax, 34 (pause)"],
  ["0f 05", "syscall"],
  ["eb f7", "jmp to mov eax, 34"],
];

/** Linux on ARM64, which has no pause: ppoll of nothing, without a time limit. Numbers of system calls in x8. */
const ARM64: Listing = [
  ["c8 10 80 d2", "mov x8, #134 (rt_sigaction)"],
  ["20 02 80 d2", "mov x0, #17 (SIGCHLD)"],
  ["81 01 00 10", "adr x1, . + 48 (the action, behind the code)"],
  ["02 00 80 d2", "mov x2, #0"],
  ["03 01 80 d2", "mov x3, #8"],
  ["01 00 00 d4", "svc #0"],
  ["28 09 80 d2", "mov x8, #73 (ppoll)"],
  ["00 00 80 d2", "mov x0, #0"],
  ["01 00 80 d2", "mov x1, #0"],
  ["02 00 80 d2", "mov x2, #0"],
  ["03 00 80 d2", "mov x3, #0"],
  ["04 00 80 d2", "mov x4, #0"],
  ["01 00 00 d4", "svc #0"],
  ["f9 ff ff 17", "b to mov x8, #73"],
];

/** By `process.arch`; the machine's number in ELF. */
const TARGETS: Record<string, { machine: number; listing: Listing }> = {
  x64: { machine: 62, listing: X86_64 },
  arm64: { machine: 183, listing: ARM64 },
};

/** `struct sigaction` of the kernel: SIG_IGN, no flags, no restorer, no mask. */
const IGNORE = Buffer.concat([Buffer.from([1]), Buffer.alloc(31)]);

const ELF_HEADER_BYTES = 64;
const PROGRAM_HEADER_BYTES = 56;
const LOAD_ADDRESS = 0x400000;

/**
 * A static program for the first process of a PID namespace that containers share: it waits for ever, and has the kernel
 * reap the processes it inherits (SIGCHLD is ignored). A few instructions as they are, so it needs neither a compiler nor
 * a package nor a library, and what other containers could find in its file system is this alone:
 *
 *     rt_sigaction(SIGCHLD, { SIG_IGN }, NULL, 8); for (;;) pause();
 *
 * @param arch as in `process.arch`
 * @throws Error for a machine that it is not written for
 */
export function pauseProgram(arch: string): Buffer {
  const target = TARGETS[arch];
  if (!target) throw new Error(`containers that share their processes cannot run on ${arch}`);
  const code = Buffer.from(target.listing.map(([bytes]) => bytes.replaceAll(" ", "")).join(""), "hex");
  return Buffer.concat([headers(target.machine, code.length + IGNORE.length), code, IGNORE]);
}

/** An ELF executable of one segment. https://refspecs.linuxfoundation.org/elf/elf.pdf, in its 64-bit form */
function headers(machine: number, contentBytes: number): Buffer {
  const size = ELF_HEADER_BYTES + PROGRAM_HEADER_BYTES;
  const header = Buffer.alloc(size);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]); // 64 bits, little endian
  header.writeUInt16LE(2, 16); // executable
  header.writeUInt16LE(machine, 18);
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(BigInt(LOAD_ADDRESS + size), 24); // entry
  header.writeBigUInt64LE(BigInt(ELF_HEADER_BYTES), 32); // program headers
  header.writeUInt16LE(ELF_HEADER_BYTES, 52);
  header.writeUInt16LE(PROGRAM_HEADER_BYTES, 54);
  header.writeUInt16LE(1, 56);
  const segment = header.subarray(ELF_HEADER_BYTES);
  segment.writeUInt32LE(1, 0); // load
  segment.writeUInt32LE(5, 4); // read and execute
  segment.writeBigUInt64LE(0n, 8);
  segment.writeBigUInt64LE(BigInt(LOAD_ADDRESS), 16);
  segment.writeBigUInt64LE(BigInt(LOAD_ADDRESS), 24);
  segment.writeBigUInt64LE(BigInt(size + contentBytes), 32);
  segment.writeBigUInt64LE(BigInt(size + contentBytes), 40);
  segment.writeBigUInt64LE(0x1000n, 48);
  return header;
}
