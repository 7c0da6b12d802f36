/** One entry of a listing: an item, or all keys up to the next delimiter in one. */
export type Entry<T> = { item: T } | { prefix: string };

export interface ListRequest {
  prefix: string;
  /** Empty for none. */
  delimiter: string;
  /** Keys after this one. */
  after: string;
  max: number;
}

export interface ListPage<T> {
  entries: Entry<T>[];
  /** The last key or prefix of the page, when there is more. */
  next: string | undefined;
}

/** Reads items in the order of their keys: those behind a key, so many at most. */
export type ReadItems<T> = (after: string | undefined, limit: number) => Promise<T[]>;

const BATCH = 1000;
/** Behind every key that begins with the text before it. */
const LAST = "\u{10ffff}";

/**
 * One page of the keys that begin with a prefix, rolled up at the delimiter. What is rolled up is skipped, not read.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-prefixes.html
 * @param find the item with that key
 */
export async function listPage<T>(
  read: ReadItems<T>,
  find: (key: string) => Promise<T | undefined>,
  keyOf: (item: T) => string,
  { prefix, delimiter, after, max }: ListRequest,
): Promise<ListPage<T>> {
  const entries: Entry<T>[] = [];
  if (max === 0) return { entries, next: undefined };
  const limit = Math.min(BATCH, max + 1);
  let last: string | undefined;
  let cursor: string | undefined = after || undefined;
  let items: T[] = [];
  if (!isBehind(after, prefix)) {
    cursor = prefix || undefined;
    const exact = prefix ? await find(prefix) : undefined;
    if (exact) items = [exact];
  }
  for (let more = true; more;) {
    const batch = await read(cursor, limit);
    more = batch.length === limit;
    items.push(...batch);
    for (const item of items) {
      const key = keyOf(item);
      if (!key.startsWith(prefix)) return { entries, next: undefined };
      const common = commonPrefix(key, prefix, delimiter);
      cursor = common === undefined ? key : common + LAST;
      // The page before may have ended with this prefix.
      if (common !== undefined && (common === last || common === after)) continue;
      if (entries.length === max) return { entries, next: last };
      entries.push(common === undefined ? { item } : { prefix: common });
      last = common ?? key;
    }
    items = [];
  }
  return { entries, next: undefined };
}

/** What a key is rolled up to. */
function commonPrefix(key: string, prefix: string, delimiter: string): string | undefined {
  const end = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
  return end < 0 ? undefined : key.slice(0, end + delimiter.length);
}

/** Whether a key comes behind a prefix, or is it, in the order of their UTF-8 bytes. */
function isBehind(key: string, prefix: string): boolean {
  return key !== "" && Buffer.compare(Buffer.from(key), Buffer.from(prefix)) >= 0;
}
