import { setImmediate } from "node:timers/promises";

export interface WriteQueueOptions<W> {
  /** Does one piece of work after the other until `next` has none, and makes all durable at once. Does not reject. */
  runBatch(next: () => W | undefined): Promise<void>;
  /** How long pieces are taken into a batch, milliseconds. */
  batchMs: number;
}

/** A queue that costs the same however long it is. */
class Fifo<W> {
  private items: W[] = [];
  private taken = 0;

  get length(): number {
    return this.items.length - this.taken;
  }

  push(item: W): void {
    this.items.push(item);
  }

  shift(): W | undefined {
    const item = this.items[this.taken];
    if (this.length > 0) this.taken += 1;
    if (this.taken * 2 > this.items.length) {
      this.items = this.items.slice(this.taken);
      this.taken = 0;
    }
    return item;
  }
}

/** In every so many pieces of work one is of the background, if there is any. */
const BACKGROUND_SHARE = 4;

/**
 * Orders what is written. What waits while others write is done together, so that many small pieces share one flush to
 * the disk. What clients wait for comes before what the engine does on its own, which still gets its share.
 */
export class WriteQueue<W> {
  private readonly options: WriteQueueOptions<W>;
  private readonly foreground = new Fifo<W>();
  private readonly background = new Fifo<W>();
  private running = false;
  private count = 0;
  /** Ends the pause. */
  private hurry: (() => void) | undefined;

  constructor(options: WriteQueueOptions<W>) {
    this.options = options;
  }

  push(work: W, isBackground: boolean): void {
    (isBackground ? this.background : this.foreground).push(work);
    if (!this.running) void this.run();
    else if (!isBackground) this.hurry?.();
  }

  private async run(): Promise<void> {
    this.running = true;
    while (this.foreground.length || this.background.length) {
      const began = performance.now();
      let done = 0;
      await this.options.runBatch(() => {
        if (done > 0 && performance.now() - began >= this.options.batchMs) return undefined;
        done += 1;
        return this.next();
      });
      // Requests come in meanwhile: a long queue would else be worked off without a look at anything else.
      await setImmediate();
      if (done > 1) await this.pause(performance.now() - began);
    }
    this.running = false;
  }

  /** Among many that write, those of the background gather for as long as it took them, unless others are there. */
  private async pause(ms: number): Promise<void> {
    if (this.foreground.length) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.hurry = resolve;
    const timer = setTimeout(resolve, Math.min(ms, this.options.batchMs));
    await promise;
    clearTimeout(timer);
    this.hurry = undefined;
  }

  private next(): W | undefined {
    this.count += 1;
    const [first, second] =
      this.count % BACKGROUND_SHARE === 0 ? [this.background, this.foreground] : [this.foreground, this.background];
    return first.length ? first.shift() : second.shift();
  }
}
