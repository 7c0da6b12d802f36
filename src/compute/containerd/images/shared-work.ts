interface Running<T> {
  result: Promise<T>;
  controller: AbortController;
  waiting: number;
}

/**
 * Work that many may ask for at the same time and that is done once. Each asker can leave by its own signal; the work
 * is aborted when the last has left.
 */
export class SharedWork<T> {
  private readonly running = new Map<string, Running<T>>();

  run(key: string, signal: AbortSignal | undefined, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    if (signal?.aborted) return Promise.reject(signal.reason as Error);
    return this.join(key, this.running.get(key) ?? this.begin(key, work), signal);
  }

  private begin(key: string, work: (signal: AbortSignal) => Promise<T>): Running<T> {
    const controller = new AbortController();
    const entry = { result: work(controller.signal), controller, waiting: 0 };
    this.running.set(key, entry);
    const forget = () => this.forget(key, entry);
    entry.result.then(forget, forget);
    return entry;
  }

  private join(key: string, entry: Running<T>, signal: AbortSignal | undefined): Promise<T> {
    entry.waiting++;
    return new Promise<T>((resolve, reject) => {
      const leave = () => {
        signal?.removeEventListener("abort", onAbort);
        if (--entry.waiting > 0) return;
        this.forget(key, entry);
        entry.controller.abort(signal?.reason);
      };
      const onAbort = () => {
        leave();
        reject(signal!.reason as Error);
      };
      signal?.addEventListener("abort", onAbort, { once: true });
      entry.result.then(resolve, reject).finally(() => {
        if (!signal?.aborted) leave();
      });
    });
  }

  private forget(key: string, entry: Running<T>): void {
    if (this.running.get(key) === entry) this.running.delete(key);
  }
}
