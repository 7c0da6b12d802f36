import type { FileSystemSize } from "@aws-sdk/client-efs";
import type { Clock } from "../../base/clock.ts";
import type { Logger } from "../../base/log.ts";
import type { FileSystemName, FileSystems } from "../../storage/shared/file-systems.ts";

/** A measurement is good for so long: it walks through all files. */
const KEPT_MS = 30_000;
/** An answer waits for the first measurement for so long. */
const PATIENCE_MS = 2000;

interface Measured {
  bytes: number;
  at: Date;
}

/** How large file systems are, as far as it was measured: like that of EFS, the value is behind what is written. */
export class Sizes {
  private readonly files: FileSystems;
  private readonly clock: Clock;
  private readonly log: Logger;
  private readonly known = new Map<string, Measured>();
  private readonly running = new Map<string, Promise<void>>();

  constructor(files: FileSystems, clock: Clock, log: Logger) {
    this.files = files;
    this.clock = clock;
    this.log = log;
  }

  /** https://docs.aws.amazon.com/efs/latest/ug/API_FileSystemSize.html */
  async of(name: FileSystemName): Promise<FileSystemSize> {
    const { fileSystemId } = name;
    const known = this.known.get(fileSystemId);
    if (!known || known.at.getTime() + KEPT_MS < this.clock.now()) {
      const measuring = this.measure(name);
      if (!known) await Promise.race([measuring, this.clock.sleep(PATIENCE_MS)]);
    }
    const size = this.known.get(fileSystemId);
    const Value = size?.bytes ?? 0;
    return {
      Value,
      ...(size ? { Timestamp: size.at } : {}),
      ValueInStandard: Value,
      ValueInIA: 0,
      ValueInArchive: 0,
    };
  }

  forget(fileSystemId: string): void {
    this.known.delete(fileSystemId);
  }

  private measure(name: FileSystemName): Promise<void> {
    const { fileSystemId } = name;
    const running = this.running.get(fileSystemId);
    if (running) return running;
    const at = new Date(this.clock.now());
    const measuring = this.files
      .measure(name)
      .then((bytes) => void this.known.set(fileSystemId, { bytes, at }))
      // Files that go while they are counted are everyday life; the next answer tries again.
      .catch((err: unknown) => this.log.debug({ err, fileSystemId }, "a file system was not measured"))
      .finally(() => this.running.delete(fileSystemId));
    this.running.set(fileSystemId, measuring);
    return measuring;
  }
}
