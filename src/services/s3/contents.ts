import { failpoint } from "../../base/failpoint.ts";
import type { Ids } from "../../base/ids.ts";
import type { Logger } from "../../base/log.ts";
import { SegmentFiles } from "./segment-files.ts";
import { GLOBAL, type Collections, type Segment } from "./store.ts";

/**
 * The bytes of all objects. A file is written down as loose before it is made, and again when its object lets go of it:
 * whatever is loose at a start is removed, so a crash leaves nothing behind. A file that is being read stays until its
 * last reader has done.
 */
export class Contents {
  private readonly files: SegmentFiles;
  private readonly records: Collections;
  private readonly ids: Ids;
  private readonly log: Logger;
  private readonly readers = new Map<string, number>();
  /** Let go of, and still to be removed. */
  private readonly doomed = new Map<string, Segment>();

  constructor(folder: string, records: Collections, ids: Ids, log: Logger) {
    this.files = new SegmentFiles(folder);
    this.records = records;
    this.ids = ids;
    this.log = log;
  }

  /** Removes what a crash left over. */
  async open(): Promise<void> {
    await this.files.open();
    this.doomed.clear();
    this.readers.clear();
    for (const segment of await this.records.loose.list(GLOBAL)) await this.removeNow(segment);
  }

  /** Stores bytes; they are loose until {@link adopt}. A source that fails leaves nothing. */
  async write(source: AsyncIterable<Uint8Array>): Promise<Segment> {
    const planned = this.files.plan(this.ids.hex(32));
    await this.records.loose.insert(GLOBAL, planned.id, planned);
    try {
      const segment = await this.files.write(planned, source);
      failpoint("s3.written");
      return segment;
    } catch (cause) {
      await this.removeNow(planned);
      throw cause;
    }
  }

  /** A second name for each segment, loose until {@link adopt}. */
  async copy(segments: readonly Segment[]): Promise<Segment[]> {
    const copies: Segment[] = [];
    for (const segment of segments) {
      const id = this.ids.hex(32);
      await this.records.loose.insert(GLOBAL, id, { ...segment, id });
      copies.push(await this.files.copy(segment, id));
    }
    return copies;
  }

  /** In the transaction that gives the segments to an object: they are loose no longer. */
  async adopt(segments: readonly Segment[]): Promise<void> {
    for (const { id } of segments) await this.records.loose.delete(GLOBAL, id);
  }

  /** In the transaction that takes the segments from an object; call {@link remove} once it is committed. */
  async letGo(segments: readonly Segment[]): Promise<void> {
    for (const segment of segments) await this.records.loose.put(GLOBAL, segment.id, segment);
  }

  /** Removes what is loose, as soon as nobody reads it. */
  async remove(segments: readonly Segment[]): Promise<void> {
    for (const segment of segments) this.doomed.set(segment.id, segment);
    for (const segment of segments) if (!this.readers.has(segment.id)) await this.removeNow(segment);
    for (const { id } of segments) if (!this.readers.has(id)) this.doomed.delete(id);
  }

  /**
   * Keeps the segments' files until {@link release}.
   * @returns false when they are gone: the object was replaced meanwhile
   */
  async hold(segments: readonly Segment[]): Promise<boolean> {
    if (segments.some(({ id }) => this.doomed.has(id))) return false;
    for (const { id } of segments) this.readers.set(id, (this.readers.get(id) ?? 0) + 1);
    if (!segments.length || (await this.files.exists(segments[0]!))) return true;
    this.release(segments);
    return false;
  }

  release(segments: readonly Segment[]): void {
    const last: Segment[] = [];
    for (const segment of segments) {
      const others = (this.readers.get(segment.id) ?? 1) - 1;
      if (others > 0) this.readers.set(segment.id, others);
      else this.readers.delete(segment.id);
      if (others === 0 && this.doomed.has(segment.id)) last.push(segment);
    }
    if (last.length)
      this.remove(last).catch((err: unknown) =>
        this.log.warn({ err }, "files of objects are removed at the next start"),
      );
  }

  /** The bytes from `start` to before `end` of segments that are held. */
  async *read(segments: readonly Segment[], start: number, end: number): AsyncGenerator<Buffer> {
    let offset = 0;
    for (const segment of segments) {
      const [from, to] = [Math.max(0, start - offset), Math.min(segment.size, end - offset)];
      if (from < to) yield* this.files.read(segment, from, to);
      offset += segment.size;
      if (offset >= end) return;
    }
  }

  /** Removes all bytes, after the store was emptied. */
  async clear(): Promise<void> {
    await this.files.clear();
  }

  private async removeNow(segment: Segment): Promise<void> {
    await this.files.remove(segment);
    await this.records.loose.delete(GLOBAL, segment.id);
  }
}
