import type { LogShipper } from "../ports.ts";

/** For containers that write nothing, as simulated ones do. */
export class NoOutput implements LogShipper {
  async follow(): Promise<void> {}

  async finish(): Promise<void> {}

  waiting(): number {
    return 0;
  }

  async discard(): Promise<void> {}

  async stop(): Promise<void> {}
}
