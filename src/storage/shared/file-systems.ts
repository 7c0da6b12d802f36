import type { Scope } from "../../base/scope.ts";

/** A file system of an account in a Region. */
export interface FileSystemName {
  scope: Scope;
  /** `fs-…` */
  fileSystemId: string;
}

/** As whom an access point does everything, whoever asks for it. */
export interface PosixIdentity {
  uid: number;
  gid: number;
  secondaryGids: readonly number[];
  /** Whether giving away what the user owns is refused, as to every user, or changes nothing. */
  chown: "refused" | "ignored";
  /** The number that the kernel counts the task's users from, when it has some of its own. */
  firstId?: number;
}

/** What a new root folder of an access point is. */
export interface FolderOwner {
  uid: number;
  gid: number;
  /** Permissions, such as 0o755. */
  mode: number;
}

/** One use of a file system by one task. */
export interface Attachment extends FileSystemName {
  /** Unique, and good for a file's name. */
  id: string;
  /** The folder that is shown, from the file system's root on: `/` or `/a/b`. */
  path: string;
  /** Makes the folder if it is missing. */
  create?: FolderOwner;
  /** Unless told, each process of the task acts as itself. */
  identity?: PosixIdentity;
}

/** The folder that an attachment is to show is not there, or is none. The message is the NFS server's. */
export class FolderError extends Error {
  override name = "FolderError";
}

/** Shared file systems that outlive tasks. Every method may be repeated. */
export interface FileSystems {
  /** Whether a task with users of its own sees owners as they are without an identity. An NFS client cannot show them so. */
  readonly showsTaskUsers: boolean;
  /** Finds where they are kept. @throws Error when nothing can be kept there */
  start(): Promise<void>;
  /** Lets it go; nothing may be attached. */
  release(): Promise<void>;
  /** Makes an empty file system, unless it is there. */
  create(name: FileSystemName): Promise<void>;
  /** Removes it with all that is in it. */
  delete(name: FileSystemName): Promise<void>;
  /** The bytes that its files take. */
  measure(name: FileSystemName): Promise<number>;
  /**
   * Makes a folder of a file system reachable on the host; symbolic links do not lead there.
   * @returns its path, for containers to be given
   * @throws FolderError
   */
  attach(attachment: Attachment): Promise<string>;
  detach(id: string): Promise<void>;
  /** The ids of attachments that have failed: nothing can be read or written there any more. */
  failed(): string[];
  /** Ends every attachment that there still is. */
  detachAll(): Promise<void>;
  /** Removes all file systems; none may be attached. */
  clear(): Promise<void>;
}
