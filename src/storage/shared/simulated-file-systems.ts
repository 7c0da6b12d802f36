import type { Attachment, FileSystems } from "./file-systems.ts";

/** File systems that exist in name only, for the simulated compute backend: empty, with every folder that is asked for. */
export class SimulatedFileSystems implements FileSystems {
  readonly showsTaskUsers = true;

  async start(): Promise<void> {}

  async release(): Promise<void> {}

  async create(): Promise<void> {}

  async delete(): Promise<void> {}

  async measure(): Promise<number> {
    return 4096;
  }

  async attach({ id }: Attachment): Promise<string> {
    return `simulated:${id}`;
  }

  async detach(): Promise<void> {}

  failed(): string[] {
    return [];
  }

  async detachAll(): Promise<void> {}

  async clear(): Promise<void> {}
}
