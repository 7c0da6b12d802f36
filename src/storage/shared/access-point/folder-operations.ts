import {
  closeSync,
  constants,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  renameSync,
  rmdirSync,
  symlinkSync,
  unlinkSync,
  type Dirent,
} from "node:fs";
import type { OwnerOptions } from "./file-operations.ts";
import { linkTo, makeNode, readLink } from "./kernel.ts";
import { failure, type Nodes } from "./nodes.ts";
import { entryReply, openReply, readdirReply, texts, type FolderEntry } from "./protocol.ts";

const S_IFMT = 0o170000;
const S_IFIFO = 0o010000;
const S_IFREG = 0o100000;
const S_IFSOCK = 0o140000;
const EPERM = 1;

/** The operations on names: each is the system call of its name, relative to the folder's own inode. */
export class FolderOperations {
  private readonly nodes: Nodes;
  private readonly options: Pick<OwnerOptions, "firstId">;
  private readonly open = new Map<bigint, FolderEntry[]>();
  private nextHandle = 1n;

  constructor(nodes: Nodes, options: Pick<OwnerOptions, "firstId">) {
    this.nodes = nodes;
    this.options = options;
  }

  /** Tells the kernel of what a name means. */
  lookup(folder: bigint, name: Buffer): Buffer {
    const { number, stat } = this.nodes.lookup(folder, name);
    return entryReply(number, stat, this.options.firstId);
  }

  mkdir(folder: bigint, body: Buffer): Buffer {
    const [name] = texts(body, 8, 1);
    mkdirSync(this.nodes.pathIn(folder, name!), body.readUInt32LE(0) & 0o7777);
    return this.lookup(folder, name!);
  }

  /** Devices are refused, as EFS does. */
  mknod(folder: bigint, body: Buffer): Buffer {
    const mode = body.readUInt32LE(0);
    const [name] = texts(body, 16, 1);
    if (![S_IFREG, S_IFIFO, S_IFSOCK].includes(mode & S_IFMT)) throw failure(EPERM);
    makeNode(this.nodes.pathIn(folder, name!), mode);
    return this.lookup(folder, name!);
  }

  symlink(folder: bigint, body: Buffer): Buffer {
    const [name, target] = texts(body, 0, 2);
    symlinkSync(target!, this.nodes.pathIn(folder, name!));
    return this.lookup(folder, name!);
  }

  readlink(node: bigint): Buffer {
    return readLink(this.nodes.fd(node));
  }

  unlink(folder: bigint, body: Buffer): void {
    unlinkSync(this.nodes.pathIn(folder, texts(body, 0, 1)[0]!));
  }

  rmdir(folder: bigint, body: Buffer): void {
    rmdirSync(this.nodes.pathIn(folder, texts(body, 0, 1)[0]!));
  }

  rename(folder: bigint, body: Buffer): void {
    const [from, to] = texts(body, 8, 2);
    const target = body.readBigUInt64LE(0);
    renameSync(this.nodes.pathIn(folder, from!), this.nodes.pathIn(target, to!));
    this.nodes.moved(target, to!);
  }

  link(folder: bigint, body: Buffer): Buffer {
    const [name] = texts(body, 8, 1);
    linkTo(this.nodes.path(body.readBigUInt64LE(0)), this.nodes.pathIn(folder, name!));
    return this.lookup(folder, name!);
  }

  opendir(node: bigint): Buffer {
    const entries = readdirSync(this.nodes.path(node), { withFileTypes: true, encoding: "buffer" });
    const handle = this.nextHandle++;
    this.open.set(handle, [
      { name: Buffer.from("."), type: TYPES.folder },
      { name: Buffer.from(".."), type: TYPES.folder },
      ...entries.map((entry) => ({ name: entry.name, type: typeOf(entry) })),
    ]);
    return openReply(handle);
  }

  readdir(body: Buffer): Buffer {
    const entries = this.open.get(body.readBigUInt64LE(0)) ?? [];
    return readdirReply(entries, Number(body.readBigUInt64LE(8)), body.readUInt32LE(16));
  }

  fsyncdir(node: bigint): void {
    const fd = openSync(this.nodes.path(node), constants.O_RDONLY);
    try {
      fsyncSync(fd);
    } finally {
      closeSync(fd);
    }
  }

  releasedir(body: Buffer): void {
    this.open.delete(body.readBigUInt64LE(0));
  }
}

const TYPES = { fifo: 1, character: 2, folder: 4, block: 6, file: 8, link: 10, socket: 12 };

function typeOf(entry: Dirent<Buffer>): number {
  if (entry.isFile()) return TYPES.file;
  if (entry.isDirectory()) return TYPES.folder;
  if (entry.isSymbolicLink()) return TYPES.link;
  if (entry.isFIFO()) return TYPES.fifo;
  if (entry.isSocket()) return TYPES.socket;
  return entry.isCharacterDevice() ? TYPES.character : TYPES.block;
}
