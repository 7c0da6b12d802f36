interface Running<T, P> {
  result: Promise<T>;
  controller: AbortController;
  waiting: number;
  listeners: Set<(progress: P) => void>;
}

/**
 * Work that many may ask for at the same time and that is done once. Each asker can leave by its own signal; the work
 * is aborted when the last has left. Progress is told to all who wait.
 */
export class SharedWork<T, P = never> {
  private readonly running = new Map<string, Running<T, P>>();

  run(
    key: string,
    asker: { signal?: AbortSignal; onProgress?: (progress: P) => void },
    work: (signal: AbortSignal, report: (progress: P) => void) => Promise<T>,
  ): Promise<T> {
    if (asker.signal?.aborted) return Promise.reject(asker.signal.reason as Error);
    const entry = this.running.get(key) ?? this.begin(key, work);
    return this.join(key, entry, asker);
  }

  private begin(key: string, work: (signal: AbortSignal, report: (progress: P) => void) => Promise<T>): Running<T, P> {
    const controller = new AbortController();
    const listeners = new Set<(progress: P) => void>();
    const report = (progress: P) => {
      for (const listener of listeners) listener(progress);
    };
    const entry = { result: work(controller.signal, report), controller, waiting: 0, listeners };
    this.running.set(key, entry);
    const forget = () => this.forget(key, entry);
    entry.result.then(forget, forget);
    return entry;
  }

  private join(
    key: string,
    entry: Running<T, P>,
    { signal, onProgress }: { signal?: AbortSignal; onProgress?: (progress: P) => void },
  ): Promise<T> {
    entry.waiting++;
    if (onProgress) entry.listeners.add(onProgress);
    return new Promise<T>((resolve, reject) => {
      const leave = () => {
        if (onProgress) entry.listeners.delete(onProgress);
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

  private forget(key: string, entry: Running<T, P>): void {
    if (this.running.get(key) === entry) this.running.delete(key);
  }
}
