import { closeSync, constants, fstatSync, openSync, readFileSync, type BigIntStats } from "node:fs";
import { ROOT_NODE } from "./protocol.ts";

const O_PATH = 0o10000000;
const NAME_ONLY = O_PATH | constants.O_NOFOLLOW;
const ESTALE = 116;
const EINVAL = 22;

/** What the kernel knows by a number: an inode, and where it was seen last. */
interface Node {
  key: string;
  parent: bigint;
  name: Buffer;
  /** How often the kernel was told of it: it takes back as many. */
  lookups: bigint;
  /** A descriptor that grants nothing but naming the inode (`O_PATH`); closed when it was not used for long. */
  fd: number | undefined;
  /** How often it is open: then its descriptor stays, since it need not have a name any more. */
  pins: number;
}

/**
 * The inodes that the kernel knows. One inode has one number, whatever its names. The kernel may remember more than a
 * process can have open, so descriptors are opened again by the name that an inode had last; if that means another inode
 * now, the number is stale, as with NFS, and the kernel looks again.
 */
export class Nodes {
  private readonly byNumber = new Map<bigint, Node>();
  private readonly byInode = new Map<string, bigint>();
  /** Nodes with a descriptor that may be closed, the longest unused first. */
  private readonly idle = new Map<bigint, Node>();
  private readonly maxIdle = openFilesLimit() / 2;
  private next = ROOT_NODE;

  /** @param rootFd the folder that everything is in */
  constructor(rootFd: number) {
    this.know(rootFd, ROOT_NODE, Buffer.alloc(0));
    this.pin(ROOT_NODE);
  }

  /** The descriptor of a node, valid for this operation. @throws Error ESTALE */
  fd(number: bigint): number {
    const node = this.byNumber.get(number);
    if (!node) throw failure(ESTALE);
    node.fd ??= this.reopen(node);
    this.touch(number, node);
    return node.fd;
  }

  /** A path that means the inode itself, whatever it is called now. */
  path(number: bigint): string {
    return `/proc/self/fd/${this.fd(number)}`;
  }

  /** A path of a name in a folder. A name is one part of a path: what it is in the folder stays there. */
  pathIn(folder: bigint, name: Buffer): Buffer {
    if (name.includes(0x2f) || name.equals(Buffer.from(".")) || name.equals(Buffer.from(".."))) throw failure(EINVAL);
    return Buffer.concat([Buffer.from(`${this.path(folder)}/`), name]);
  }

  /** Tells the kernel of what a name in a folder is now. */
  lookup(folder: bigint, name: Buffer): { number: bigint; stat: BigIntStats } {
    return this.know(openSync(this.pathIn(folder, name), NAME_ONLY), folder, name);
  }

  /** Tells the kernel of a file that was just opened. */
  lookupOpen(handle: number, folder: bigint, name: Buffer): { number: bigint; stat: BigIntStats } {
    return this.know(openSync(`/proc/self/fd/${handle}`, O_PATH), folder, name);
  }

  /** What a name means has been moved here, unless somebody has moved it on meanwhile. */
  moved(folder: bigint, name: Buffer): void {
    let fd: number;
    try {
      fd = openSync(this.pathIn(folder, name), NAME_ONLY);
    } catch {
      return;
    }
    const node = this.byNumber.get(this.byInode.get(keyOf(fstatSync(fd, { bigint: true }))) ?? 0n);
    closeSync(fd);
    if (node) Object.assign(node, { parent: folder, name });
  }

  /** Keeps a node's descriptor while the node is open. */
  pin(number: bigint): void {
    this.fd(number);
    this.byNumber.get(number)!.pins++;
    this.idle.delete(number);
  }

  unpin(number: bigint): void {
    const node = this.byNumber.get(number);
    if (node && --node.pins === 0) this.touch(number, node);
  }

  forget(number: bigint, lookups: bigint): void {
    const node = this.byNumber.get(number);
    if (!node || number === ROOT_NODE) return;
    node.lookups -= lookups;
    if (node.lookups > 0n) return;
    this.byNumber.delete(number);
    if (this.byInode.get(node.key) === number) this.byInode.delete(node.key);
    this.idle.delete(number);
    if (node.fd !== undefined) closeSync(node.fd);
  }

  /** Takes the descriptor. */
  private know(fd: number, parent: bigint, name: Buffer): { number: bigint; stat: BigIntStats } {
    const stat = fstatSync(fd, { bigint: true });
    const key = keyOf(stat);
    let number = this.byInode.get(key);
    if (number === undefined) {
      number = this.next++;
      this.byNumber.set(number, { key, parent, name, lookups: 1n, fd, pins: 0 });
      this.byInode.set(key, number);
    } else {
      const node = this.byNumber.get(number)!;
      node.lookups++;
      Object.assign(node, { parent, name });
      if (node.fd === undefined) node.fd = fd;
      else closeSync(fd);
    }
    this.touch(number, this.byNumber.get(number)!);
    return { number, stat };
  }

  private reopen({ key, parent, name }: Node): number {
    let fd: number;
    try {
      fd = openSync(this.pathIn(parent, name), NAME_ONLY);
    } catch {
      throw failure(ESTALE);
    }
    if (keyOf(fstatSync(fd, { bigint: true })) === key) return fd;
    closeSync(fd);
    throw failure(ESTALE);
  }

  /** Notes that a descriptor was used now, and closes those that were not for long. */
  private touch(number: bigint, node: Node): void {
    if (node.pins > 0) return;
    this.idle.delete(number);
    this.idle.set(number, node);
    if (this.idle.size <= this.maxIdle) return;
    const [oldest, old] = this.idle.entries().next().value!;
    this.idle.delete(oldest);
    closeSync(old.fd!);
    old.fd = undefined;
  }
}

/** With the time of birth: the number of an inode is used again when it is gone. */
function keyOf({ dev, ino, birthtimeNs }: BigIntStats): string {
  return `${dev}:${ino}:${birthtimeNs}`;
}

function openFilesLimit(): number {
  const [, soft] = /^Max open files\s+(\d+)/m.exec(readFileSync("/proc/self/limits", "utf8")) ?? [];
  return Number(soft ?? 1024);
}

/** @param errno the kernel's number */
export function failure(errno: number): Error {
  return Object.assign(new Error(`errno ${errno}`), { errno: -errno });
}
