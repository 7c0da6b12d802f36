import type { Logger } from "./log.ts";

/** Something with a beginning and an end. Both must be safe to call when the other never was. */
export interface Component {
  name: string;
  start(): Promise<void> | void;
  stop(): Promise<void> | void;
}

/** Starts components in order and stops them in reverse; a failed start stops what had been started. */
export class Lifecycle {
  private readonly started: Component[] = [];
  private readonly log: Logger;

  constructor(log: Logger) {
    this.log = log;
  }

  async start(components: readonly Component[]): Promise<void> {
    for (const component of components) {
      this.log.debug({ component: component.name }, "starting");
      try {
        this.started.push(component);
        await component.start();
      } catch (cause) {
        await this.stop();
        throw cause;
      }
    }
  }

  async stop(): Promise<void> {
    for (let component = this.started.pop(); component; component = this.started.pop()) {
      this.log.debug({ component: component.name }, "stopping");
      try {
        await component.stop();
      } catch (err) {
        this.log.error({ err, component: component.name }, "did not stop cleanly");
      }
    }
  }
}
