import type { LogShipper } from "../ports.ts";

/** For containers that write nothing, as simulated ones do. */
export class NoOutput implements LogShipper {
  async follow(): Promise<void> {}

  async finish(): Promise<void> {}

  async discard(): Promise<void> {}

  async stop(): Promise<void> {}
}
