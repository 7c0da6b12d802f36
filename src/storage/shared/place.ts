import { NfsError } from "./nfs-mount.ts";
import { readMarker } from "./nfs-share.ts";

/** Where file systems are kept. */
export interface Place {
  /** The folder that they are in; known after {@link start}. */
  readonly folder: string;
  /** Whether the kernel can show what is there with other owners than it has. */
  readonly showsTaskUsers: boolean;
  /** May be repeated. @throws Error when file systems cannot be kept there */
  start(): Promise<void>;
  /** @throws Error when whoever opened a file there would wait for ever */
  requireAnswer(): Promise<void>;
  /** Takes away what {@link start} made on the host. */
  release(): void;
}

/** The data folder. */
export class LocalPlace implements Place {
  readonly folder: string;
  readonly showsTaskUsers = true;
  private readonly marker: string;

  /** @param marker that an engine has whose file systems are on an NFS export */
  constructor({ folder, marker }: { folder: string; marker: string }) {
    this.folder = folder;
    this.marker = marker;
  }

  async start(): Promise<void> {
    const elsewhere = readMarker(this.marker);
    if (elsewhere !== undefined)
      throw new NfsError(
        `this engine's file systems are on an NFS export, in its folder ${elsewhere}: name it with --efs-nfs`,
      );
  }

  async requireAnswer(): Promise<void> {}

  release(): void {}
}
