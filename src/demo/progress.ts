/** Tells a person what is being done and how long it took. */
export class Progress {
  private readonly write: (text: string) => void;

  constructor(write: (text: string) => void) {
    this.write = write;
  }

  /** Does a step and says so; `detail` adds what came of it. */
  async step<T>(label: string, work: () => Promise<T>, detail?: (result: T) => string): Promise<T> {
    const began = performance.now();
    try {
      const result = await work();
      const more = detail?.(result);
      this.line(`✔ ${label}${more ? `: ${more}` : ""} (${seconds(performance.now() - began)})`);
      return result;
    } catch (cause) {
      this.line(`✘ ${label} (${seconds(performance.now() - began)})`);
      throw cause;
    }
  }

  line(text = ""): void {
    this.write(`${text}\n`);
  }
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
}
