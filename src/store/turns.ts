/** Whoever takes a turn has it until it is given back; others get theirs in the order of asking. */
export class Turns {
  private last: Promise<void> = Promise.resolve();

  /** @returns gives the turn back */
  async take(): Promise<() => void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const before = this.last;
    this.last = promise;
    await before;
    return resolve;
  }
}
