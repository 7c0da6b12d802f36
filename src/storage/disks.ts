/** File systems that a disk can be formatted with. */
export type FileSystem = "ext3" | "ext4" | "xfs";

/** A disk: a file system of its own, of a size of its own. */
export interface DiskSpec {
  /** Unique among the disks of its kind; also the name of its folder. */
  id: string;
  sizeMiB: number;
  fileSystem: FileSystem;
  /**
   * Whether its content is to outlive a detachment and a power cut. A disk that is not lasting has no journal, and starts
   * empty whenever it is attached anew.
   */
  lasting: boolean;
  /**
   * Of a lasting disk that is encrypted on the host: where its key is from, always the same 64 bytes. Asked only when there
   * is something to mount; who asks wipes them.
   */
  key?: () => Promise<Buffer>;
}

/** MiB. */
export interface DiskUsage {
  used: number;
  available: number;
}

/** The host could not make a disk: it is full, or lacks what disks are made of. */
export class DiskError extends Error {
  override readonly name = "DiskError";
}

/** The host has too little room left for another disk. */
export class DiskFullError extends DiskError {}

/** Disks of one kind. Every method may be repeated, after a crash at any point too. */
export interface Disks {
  /** @throws DiskError when disks cannot work here */
  start(): Promise<void>;
  /**
   * Makes the disk when it is not there, and mounts it.
   * @returns the folder of the host that is the root of its file system
   * @throws DiskError, and what {@link DiskSpec.key} throws
   */
  attach(disk: DiskSpec): Promise<string>;
  /** Unmounts the disk; its content stays when it is lasting. */
  detach(id: string): Promise<void>;
  /** Unmounts the disk and gives its space back. */
  remove(id: string): Promise<void>;
  /** The folder that {@link attach} answers. */
  folder(id: string): string;
  /** @returns `undefined` for a disk that is not attached */
  usage(id: string): Promise<DiskUsage | undefined>;
  /** The ids of all disks, whole or half made. */
  list(): Promise<string[]>;
}
