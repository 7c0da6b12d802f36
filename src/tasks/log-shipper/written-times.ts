/** So many are kept: those of an hour, at one a second. */
const MAX_MARKS = 3600;

/**
 * Up to where a file was written at which time: output that has to wait for its destination keeps the time at which it
 * was seen, as with Docker's drivers, which take lines before they can hand them over.
 */
export class WrittenTimes {
  private readonly marks: { end: number; atMs: number }[] = [];

  /**
   * @param end of the file at a time
   * @param atMs milliseconds since 1970
   */
  note(end: number, atMs: number): void {
    if (end <= (this.marks.at(-1)?.end ?? 0)) return;
    this.marks.push({ end, atMs });
    if (this.marks.length > MAX_MARKS) this.marks.shift();
  }

  /** When what lies at an offset was first seen to be there; `undefined` when that was not noted. */
  at(offset: number): number | undefined {
    return this.marks.find(({ end }) => offset < end)?.atMs;
  }

  forgetBefore(offset: number): void {
    while (this.marks[0] && this.marks[0].end <= offset) this.marks.shift();
  }
}
