import type { IncomingMessage, ServerResponse } from "node:http";
import { systemClock } from "../base/clock.ts";

type Listener<More extends unknown[]> = (request: IncomingMessage, response: ServerResponse, ...more: More) => void;

/** How long requests in progress may go on when the gate is closed. */
const DRAIN_MS = 3000;

/** Lets requests pass, but for the time of some work that none may meet: they wait until it is done. */
export class RequestGate {
  private readonly inside = new Set<ServerResponse>();
  private waiting: (() => void)[] = [];
  private isClosed = false;

  /** The listener behind the gate. */
  guard<More extends unknown[]>(listener: Listener<More>): Listener<More> {
    const enter: Listener<More> = (request, response, ...more) => {
      if (response.destroyed) return; // its client did not wait
      this.inside.add(response);
      response.once("close", () => this.inside.delete(response));
      listener(request, response, ...more);
    };
    return (request, response, ...more) => {
      if (this.isClosed) this.waiting.push(() => enter(request, response, ...more));
      else enter(request, response, ...more);
    };
  }

  /** Runs `work` when the requests in progress have ended or, after some seconds, were cut off. Not to be nested. */
  async whileClosed<T>(work: () => Promise<T>): Promise<T> {
    this.isClosed = true;
    try {
      await this.drain();
      return await work();
    } finally {
      this.isClosed = false;
      for (const enter of this.waiting.splice(0)) enter();
    }
  }

  private async drain(): Promise<void> {
    const ended = [...this.inside].map((response) => new Promise((resolve) => response.once("close", resolve)));
    const hurry = new AbortController();
    const grace = systemClock.sleep(DRAIN_MS, hurry.signal).then(
      () => this.inside.forEach((response) => response.destroy()),
      () => {},
    );
    await Promise.all(ended);
    hurry.abort();
    await grace;
  }
}
