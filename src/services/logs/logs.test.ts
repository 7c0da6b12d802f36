import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Clock } from "../../base/clock.ts";
import { randomIds } from "../../base/ids.ts";
import { silentLogger } from "../../base/log.ts";
import { sqliteDialect } from "../../store/sqlite.ts";
import { Store } from "../../store/store.ts";
import type { RequestContext } from "../../wire/context.ts";
import { Logs } from "./logs.ts";
import { createLogGroup } from "./operations/create-log-group.ts";
import { createLogStream } from "./operations/create-log-stream.ts";
import { deleteLogGroup } from "./operations/delete-log-group.ts";
import { deleteLogStream } from "./operations/delete-log-stream.ts";
import { describeLogGroups } from "./operations/describe-log-groups.ts";
import { describeLogStreams } from "./operations/describe-log-streams.ts";
import { filterLogEvents } from "./operations/filter-log-events.ts";
import { getLogEvents } from "./operations/get-log-events.ts";
import { listTagsLogGroup } from "./operations/list-tags-log-group.ts";
import { putLogEvents } from "./operations/put-log-events.ts";
import { putLogGroupDeletionProtection } from "./operations/put-log-group-deletion-protection.ts";
import { putRetentionPolicy } from "./operations/put-retention-policy.ts";
import { tagResource } from "./operations/tag-resource.ts";
import { untagResource } from "./operations/untag-resource.ts";

const NOW = 1_790_000_000_000;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const scope = { account: "000000000000", region: "us-east-1" };
const context = { scope } as RequestContext;
const GROUP_ARN = "arn:aws:logs:us-east-1:000000000000:log-group:g";

let folder: string;
let store: Store;
let logs: Logs;
let now: number;
const clock: Clock = {
  now: () => now,
  monotonic: () => now,
  sleep: (_, signal) => new Promise((_resolve, reject) => signal?.addEventListener("abort", () => reject(new Error()))),
};

async function open(): Promise<void> {
  store = new Store(sqliteDialect(join(folder, "state.db")), silentLogger);
  logs = new Logs({ store, clock, ids: randomIds, log: silentLogger, path: join(folder, "logs.db") });
  await store.open();
  logs.start();
}

async function close(): Promise<void> {
  await logs.stop();
  await store.close();
}

beforeEach(async () => {
  now = NOW;
  folder = mkdtempSync(join(tmpdir(), "neargate-logs-"));
  await open();
  await createLogGroup(logs)({ logGroupName: "g" }, context);
  await createLogStream(logs)({ logGroupName: "g", logStreamName: "s" }, context);
});
afterEach(async () => {
  await close();
  rmSync(folder, { recursive: true });
});

async function put(stream: string, events: [timestamp: number, message: string][]) {
  const logEvents = events.map(([timestamp, message]) => ({ timestamp, message }));
  return await putLogEvents(logs)({ logGroupName: "g", logStreamName: stream, logEvents }, context);
}

async function filter(input: Parameters<ReturnType<typeof filterLogEvents>>[0] = {}) {
  return await filterLogEvents(logs)({ logGroupName: "g", ...input }, context);
}

async function get(input: Partial<Parameters<ReturnType<typeof getLogEvents>>[0]> = {}) {
  return await getLogEvents(logs)({ logGroupName: "g", logStreamName: "s", ...input }, context);
}

const messages = (answer: { events?: { message?: string }[] }) => answer.events!.map((event) => event.message);
const refusal = (code: string, message: string) => expect.objectContaining({ code, message });
const numbered = (count: number, step = 1): [number, string][] =>
  Array.from({ length: count }, (_, i) => [NOW + i * step, `m${i}`]);

describe("log groups", () => {
  test("are described as AWS does, in pages", async () => {
    for (const name of ["b", "b/1", "b/2", "c"]) await createLogGroup(logs)({ logGroupName: name }, context);
    await put("s", [[NOW, "12345"]]);
    const first = await describeLogGroups(logs)({ limit: 2 }, context);
    expect(first.logGroups!.map((group) => group.logGroupName)).toEqual(["b", "b/1"]);
    expect((await describeLogGroups(logs)({ logGroupNamePrefix: "g" }, context)).logGroups).toEqual([
      {
        logGroupName: "g",
        creationTime: NOW,
        metricFilterCount: 0,
        arn: `${GROUP_ARN}:*`,
        logGroupArn: GROUP_ARN,
        logGroupClass: "STANDARD",
        storedBytes: 31,
        deletionProtectionEnabled: false,
      },
    ]);
    const second = await describeLogGroups(logs)({ limit: 3, nextToken: first.nextToken }, context);
    expect(second.logGroups!.map((group) => group.logGroupName)).toEqual(["b/2", "c", "g"]);
    const named = await describeLogGroups(logs)({ logGroupNamePrefix: "b", limit: 3 }, context);
    expect(named.logGroups!.map((group) => group.logGroupName)).toEqual(["b", "b/1", "b/2"]);
    expect(named.nextToken).toBeUndefined();
    const searched = await describeLogGroups(logs)({ logGroupNamePattern: "/" }, context);
    expect(searched.logGroups!.map((group) => [group.logGroupName, group.storedBytes])).toEqual([
      ["b/1", undefined],
      ["b/2", undefined],
    ]);
    const identified = await describeLogGroups(logs)({ logGroupIdentifiers: [GROUP_ARN, "nope", "c"] }, context);
    expect(identified.logGroups!.map((group) => group.logGroupName)).toEqual(["c", "g"]);
  });

  test.each([
    [{ logGroupName: "g" }, "ResourceAlreadyExistsException", "The specified log group already exists"],
    [{ logGroupName: "aws/x" }, "InvalidParameterException", "Log groups starting with AWS/ are reserved for AWS."],
    [
      { logGroupName: "k", kmsKeyId: "arn:aws:kms:us-east-1:000000000000:key/1" },
      "InvalidParameterException",
      "The specified KMS key does not exist or is not allowed to be used with LogGroup 'arn:aws:logs:us-east-1:000000000000:log-group:k'",
    ],
  ])("%o cannot be made", async (input, code, message) => {
    await expect(createLogGroup(logs)(input, context)).rejects.toEqual(refusal(code, message));
  });

  test("are deleted with their streams, and a new one of the name is empty", async () => {
    await logs.sink.ensureStream(scope, "g", "s", false);
    await put("s", numbered(10));
    await deleteLogGroup(logs)({ logGroupName: "g" }, context);
    const source = { source: "x", offset: 1 };
    await expect(logs.sink.append(scope, "g", "s", [{ timestamp: NOW, message: "m" }], source)).rejects.toEqual(
      refusal("ResourceNotFoundException", "The specified log group does not exist."),
    );
    await createLogGroup(logs)({ logGroupName: "g" }, context);
    expect(await filter()).toEqual({ events: [], searchedLogStreams: [] });
    await expect(get()).rejects.toEqual(
      refusal("ResourceNotFoundException", "The specified log stream does not exist."),
    );
    await logs.settled();
    expect(logs.events.groupUids()).toEqual([]);
    expect(logs.events.sql("select count(*) as n from block").get()!["n"]).toBe(0);
  });

  test("that a crash left half deleted go at the next start", async () => {
    await put("s", numbered(10));
    await logs.groups.delete(scope, "g");
    await close();
    await open();
    await logs.settled();
    expect(logs.events.sql("select count(*) as n from block").get()!["n"]).toBe(0);
  });

  test("that are protected cannot be deleted", async () => {
    const protect = putLogGroupDeletionProtection(logs);
    await protect({ logGroupIdentifier: GROUP_ARN, deletionProtectionEnabled: true }, context);
    await expect(deleteLogGroup(logs)({ logGroupName: "g" }, context)).rejects.toMatchObject({
      code: "ValidationException",
    });
    await protect({ logGroupIdentifier: "g", deletionProtectionEnabled: false }, context);
    await deleteLogGroup(logs)({ logGroupName: "g" }, context);
  });

  test("have tags", async () => {
    await tagResource(logs)({ resourceArn: GROUP_ARN, tags: { a: "1", b: "2" } }, context);
    await untagResource(logs)({ resourceArn: GROUP_ARN, tagKeys: ["a", "z"] }, context);
    expect(await listTagsLogGroup(logs)({ logGroupName: "g" }, context)).toEqual({ tags: { b: "2" } });
    const many = Object.fromEntries(Array.from({ length: 50 }, (_, i) => [`k${i}`, ""]));
    await expect(tagResource(logs)({ resourceArn: GROUP_ARN, tags: many }, context)).rejects.toMatchObject({
      code: "TooManyTagsException",
    });
  });

  test("keep events as long as their retention says", async () => {
    await put("s", [
      [NOW - 3 * DAY - 1, "old"],
      [NOW - 3 * DAY, "young"],
    ]);
    await expect(putRetentionPolicy(logs)({ logGroupName: "g", retentionInDays: 2 }, context)).rejects.toEqual(
      refusal(
        "InvalidParameterException",
        "Invalid retention value. Valid values are: [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653]",
      ),
    );
    await putRetentionPolicy(logs)({ logGroupName: "g", retentionInDays: 3 }, context);
    await logs.settled();
    expect(messages(await filter())).toEqual(["old", "young"]); // one block: it goes as a whole
    now += 1 + 10_000;
    await putRetentionPolicy(logs)({ logGroupName: "g", retentionInDays: 3 }, context);
    await logs.settled();
    expect(messages(await filter())).toEqual([]);
    const rejected = await put("s", [
      [now - 4 * DAY, "expired"],
      [now - 2 * DAY, "kept"],
    ]);
    expect(rejected.rejectedLogEventsInfo).toEqual({ expiredLogEventEndIndex: 1 });
    expect(messages(await filter())).toEqual(["kept"]);
  });
});

describe("log streams", () => {
  test("are listed by name and by last event, in pages", async () => {
    for (const name of ["t/1", "t/2", "u"])
      await createLogStream(logs)({ logGroupName: "g", logStreamName: name }, context);
    await put("t/1", [[NOW + 5, "a"]]);
    await put("u", [[NOW + 9, "b"]]);
    now += 1;
    await put("u", [
      [NOW + 1, "late"],
      [NOW + 2, "later"],
    ]);
    const list = async (input: Parameters<ReturnType<typeof describeLogStreams>>[0]) => {
      const names: (string | undefined)[] = [];
      let nextToken: string | undefined;
      do {
        const page = await describeLogStreams(logs)({ logGroupName: "g", limit: 1, ...input, nextToken }, context);
        names.push(...page.logStreams!.map((stream) => stream.logStreamName));
        nextToken = page.nextToken;
      } while (nextToken);
      return names;
    };
    expect(await list({})).toEqual(["s", "t/1", "t/2", "u"]);
    expect(await list({ descending: true })).toEqual(["u", "t/2", "t/1", "s"]);
    expect(await list({ logStreamNamePrefix: "t/" })).toEqual(["t/1", "t/2"]);
    expect(await list({ logStreamNamePrefix: "t/", descending: true })).toEqual(["t/2", "t/1"]);
    expect(await list({ orderBy: "LastEventTime", descending: true })).toEqual(["u", "t/1", "t/2", "s"]);
    expect(await list({ orderBy: "LastEventTime" })).toEqual(["s", "t/2", "t/1", "u"]);
    const byArn = await describeLogStreams(logs)(
      { logGroupIdentifier: `${GROUP_ARN}:*`, logStreamNamePrefix: "u" },
      context,
    );
    expect(byArn.logStreams).toEqual([
      {
        logStreamName: "u",
        creationTime: NOW,
        firstEventTimestamp: NOW + 1,
        lastEventTimestamp: NOW + 9,
        lastIngestionTime: NOW + 1,
        uploadSequenceToken: expect.stringMatching(/^\d{56}$/),
        arn: `${GROUP_ARN}:log-stream:u`,
        storedBytes: 0,
      },
    ]);
    await expect(list({ orderBy: "LastEventTime", logStreamNamePrefix: "t" })).rejects.toEqual(
      refusal("InvalidParameterException", "Cannot order by LastEventTime with a logStreamNamePrefix."),
    );
    await expect(list({ logGroupIdentifier: "g" })).rejects.toEqual(
      refusal("ValidationException", "LogGroup name and LogGroup ARN are mutually exclusive parameters."),
    );
  });

  test("are deleted with their events", async () => {
    await put("s", numbered(3));
    await deleteLogStream(logs)({ logGroupName: "g", logStreamName: "s" }, context);
    expect(messages(await filter())).toEqual([]);
    await createLogStream(logs)({ logGroupName: "g", logStreamName: "s" }, context);
    expect(messages(await get())).toEqual([]);
    await expect(createLogStream(logs)({ logGroupName: "g", logStreamName: "s" }, context)).rejects.toEqual(
      refusal("ResourceAlreadyExistsException", "The specified log stream already exists"),
    );
    await expect(deleteLogStream(logs)({ logGroupName: "g", logStreamName: "x" }, context)).rejects.toEqual(
      refusal("ResourceNotFoundException", "The specified log stream does not exist."),
    );
  });
});

describe("PutLogEvents", () => {
  test.each<[string, [number, string][], string]>([
    [
      "order",
      [
        [NOW, "a"],
        [NOW - 1, "b"],
      ],
      "Log events in a single PutLogEvents request must be in chronological order.",
    ],
    [
      "span",
      [
        [NOW - DAY - 1, "a"],
        [NOW, "b"],
      ],
      "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
    ],
    ["event size", [[NOW, "é".repeat(524_276)]], "Log event too large: 1048578 bytes exceeds limit of 1048576"],
    [
      "batch size",
      [
        [NOW, "a".repeat(1_000_000)],
        [NOW, "b".repeat(48_525)],
      ],
      "Upload too large: 1048577 bytes exceeds limit of 1048576",
    ],
  ])("refuses a batch by its %s", async (_, events, message) => {
    await expect(put("s", events)).rejects.toEqual(refusal("InvalidParameterException", message));
    expect(messages(await get())).toEqual([]);
  });

  test("takes the largest batch", async () => {
    await put("s", [
      [NOW, "a".repeat(1_000_000)],
      [NOW, "b".repeat(48_524)],
    ]);
    expect(messages(await get()).map((message) => message?.length)).toEqual([1_000_000, 48_524]);
  });

  test("says what it leaves out", async () => {
    const answer = await put("s", [
      [NOW - 15 * DAY, "old"],
      [NOW - 14 * DAY - 1, "just too old"],
      [NOW, "fine"],
      [NOW + 2 * HOUR, "just fine"],
      [NOW + 2 * HOUR + 1, "new"],
    ]);
    expect(answer).toEqual({
      nextSequenceToken: expect.stringMatching(/^\d{56}$/),
      rejectedLogEventsInfo: { tooOldLogEventEndIndex: 2, tooNewLogEventStartIndex: 4 },
    });
    expect(messages(await get())).toEqual(["fine", "just fine"]);
    const nothing = await put("s", [[NOW - 30 * DAY, "old"]]);
    expect(nothing.rejectedLogEventsInfo).toEqual({ tooOldLogEventEndIndex: 1 });
  });
});

describe("GetLogEvents", () => {
  test("gives the latest events first, and tokens in both directions", async () => {
    await put("s", numbered(10));
    const latest = await get({ limit: 4 });
    expect(messages(latest)).toEqual(["m6", "m7", "m8", "m9"]);
    expect(latest.events![0]).toEqual({ timestamp: NOW + 6, message: "m6", ingestionTime: NOW });
    expect(latest.nextForwardToken).toMatch(/^f\/\d{56}\/s$/);
    expect(latest.nextBackwardToken).toMatch(/^b\/\d{56}\/s$/);
    const before = await get({ limit: 4, nextToken: latest.nextBackwardToken });
    expect(messages(before)).toEqual(["m2", "m3", "m4", "m5"]);
    expect(messages(await get({ nextToken: before.nextForwardToken }))).toEqual(["m6", "m7", "m8", "m9"]);
    const oldest = await get({ limit: 4, nextToken: before.nextBackwardToken });
    expect(messages(oldest)).toEqual(["m0", "m1"]);
    const beyond = await get({ limit: 4, nextToken: oldest.nextBackwardToken });
    expect(messages(beyond)).toEqual([]);
    expect(beyond.nextBackwardToken).toBe(oldest.nextBackwardToken);
    expect(messages(await get({ limit: 2, nextToken: beyond.nextForwardToken }))).toEqual(["m0", "m1"]);
  });

  test("gives the same token back at the end, from where later events are found", async () => {
    await put("s", numbered(3));
    const page = await get({ startFromHead: true });
    expect(messages(page)).toEqual(["m0", "m1", "m2"]);
    const end = await get({ startFromHead: true, nextToken: page.nextForwardToken });
    expect(end).toMatchObject({ events: [], nextForwardToken: page.nextForwardToken });
    expect(messages(await get({ nextToken: end.nextBackwardToken, limit: 1 }))).toEqual(["m2"]);
    await put("s", [[NOW + 2, "same time"]]);
    expect(messages(await get({ nextToken: end.nextForwardToken }))).toEqual(["same time"]);
  });

  test("gives tokens for an empty stream too", async () => {
    for (const startFromHead of [true, false]) {
      const empty = await get({ startFromHead, startTime: NOW - 5 });
      expect(messages(empty)).toEqual([]);
      const still = await get({ startFromHead, nextToken: empty.nextForwardToken });
      expect(still.nextForwardToken).toBe(empty.nextForwardToken);
      expect((await get({ nextToken: empty.nextBackwardToken })).nextBackwardToken).toBe(empty.nextBackwardToken);
    }
    const empty = await get();
    await put("s", numbered(1));
    expect(messages(await get({ nextToken: empty.nextForwardToken }))).toEqual(["m0"]);
  });

  test("includes startTime and leaves endTime out", async () => {
    await put("s", numbered(5));
    expect(messages(await get({ startTime: NOW + 1, endTime: NOW + 3 }))).toEqual(["m1", "m2"]);
    const page = await get({ startTime: NOW + 1, endTime: NOW + 4, limit: 1, startFromHead: true });
    const next = await get({ startTime: NOW + 1, endTime: NOW + 4, nextToken: page.nextForwardToken });
    expect(messages(next)).toEqual(["m2", "m3"]);
  });

  test("gives no more than 1 MB or 10,000 events", async () => {
    for (let i = 0; i < 3; i++)
      await put(
        "s",
        Array.from({ length: 8 }, (_, k) => [NOW + i * 8 + k, String(k).repeat(100_000)]),
      );
    const first = await get({ startFromHead: true });
    expect(first.events).toHaveLength(10);
    expect((await get()).events!.at(-1)!.timestamp).toBe(NOW + 23);
    await createLogStream(logs)({ logGroupName: "g", logStreamName: "many" }, context);
    for (let i = 0; i < 2; i++) await put("many", numbered(6000));
    const many = await get({ logStreamName: "many", startFromHead: true });
    expect(many.events).toHaveLength(10_000);
    expect((await get({ logStreamName: "many", nextToken: many.nextForwardToken })).events).toHaveLength(2000);
  });

  test.each(["x", "f/1/s", "n/00000000000000000000000000000000000000000000000000000000/s"])(
    "refuses the token %s",
    async (nextToken) => {
      await expect(get({ nextToken })).rejects.toEqual(
        refusal("InvalidParameterException", "The specified nextToken is invalid."),
      );
    },
  );
});

describe("FilterLogEvents", () => {
  beforeEach(async () => {
    for (const name of ["t/1", "t/2"]) await createLogStream(logs)({ logGroupName: "g", logStreamName: name }, context);
    await put("t/1", [
      [NOW, "ERROR one"],
      [NOW + 2, "three"],
    ]);
    await put("t/2", [
      [NOW + 1, "two"],
      [NOW + 3, "ERROR four"],
    ]);
    await put("s", [[NOW + 4, "five"]]);
  });

  test("mixes the streams in the order of time", async () => {
    const { events, ...rest } = await filter();
    expect(rest).toEqual({ searchedLogStreams: [] });
    expect(events!.map((event) => event.message)).toEqual(["ERROR one", "two", "three", "ERROR four", "five"]);
    expect(events![1]).toEqual({
      logStreamName: "t/2",
      timestamp: NOW + 1,
      message: "two",
      ingestionTime: NOW,
      eventId: expect.stringMatching(/^\d{56}$/),
    });
    const ids = events!.map((event) => event.eventId!);
    expect(new Set(ids).size).toBe(5);
    expect([...ids].sort()).toEqual(ids);
  });

  test("chooses by stream, time and pattern", async () => {
    expect(messages(await filter({ logStreamNames: ["t/2", "s"] }))).toEqual(["two", "ERROR four", "five"]);
    expect(messages(await filter({ logStreamNamePrefix: "t/" }))).toHaveLength(4);
    expect(messages(await filter({ logStreamNamePrefix: "nothing" }))).toEqual([]);
    expect(messages(await filter({ startTime: NOW + 1, endTime: NOW + 3 }))).toEqual(["two", "three", "ERROR four"]);
    expect(messages(await filter({ filterPattern: "ERROR" }))).toEqual(["ERROR one", "ERROR four"]);
    expect(messages(await filter({ filterPattern: "ERROR", startTime: NOW + 1 }))).toEqual(["ERROR four"]);
    expect(messages(await filter({ logGroupName: undefined, logGroupIdentifier: GROUP_ARN }))).toHaveLength(5);
  });

  test("gives every event once, page by page, and no token at the end", async () => {
    for (const limit of [1, 2, 3, 5]) {
      const seen: (string | undefined)[] = [];
      let nextToken: string | undefined;
      do {
        const page = await filter({ limit, nextToken });
        seen.push(...messages(page));
        nextToken = page.nextToken;
      } while (nextToken);
      expect(seen).toEqual(["ERROR one", "two", "three", "ERROR four", "five"]);
    }
    expect(await filter({ limit: 5 })).not.toHaveProperty("nextToken");
  });

  test("looks through a bounded amount at a time", async () => {
    for (let i = 0; i < 20; i++) await put("s", [[NOW + 10 + i, "x".repeat(1_000_000)]]);
    await put("s", [[NOW + 100, "needle"]]);
    const first = await filter({ filterPattern: "needle" });
    expect(first.events).toEqual([]);
    expect(messages(await filter({ filterPattern: "needle", nextToken: first.nextToken }))).toEqual(["needle"]);
  });

  test("finds an event that came late when asked for its time again", async () => {
    const newest = (await filter()).events!.at(-1)!;
    await put("t/1", [[newest.timestamp!, "at the same time"]]);
    expect(messages(await filter({ startTime: newest.timestamp }))).toEqual(["five", "at the same time"]);
  });

  test("refuses what AWS refuses", async () => {
    await expect(filter({ logStreamNames: ["x"] })).rejects.toEqual(
      refusal("ResourceNotFoundException", "The specified log stream does not exist."),
    );
    await expect(filter({ nextToken: "invalid-token" })).rejects.toEqual(
      refusal("InvalidParameterException", "The specified nextToken is invalid."),
    );
    await expect(filter({ logStreamNames: ["s"], logStreamNamePrefix: "s" })).rejects.toMatchObject({
      code: "InvalidParameterException",
    });
    await expect(filter({ logGroupName: "x" })).rejects.toEqual(
      refusal("ResourceNotFoundException", "The specified log group does not exist."),
    );
  });
});

describe("the sink", () => {
  test("makes group and stream, stores events with the checkpoint, and splits what is too large", async () => {
    await expect(logs.sink.ensureStream(scope, "new", "x/y/z", false)).rejects.toMatchObject({
      code: "ResourceNotFoundException",
    });
    for (let i = 0; i < 2; i++) await logs.sink.ensureStream(scope, "new", "x/y/z", true);
    const message = "日".repeat(700_000);
    await logs.sink.append(scope, "new", "x/y/z", [{ timestamp: NOW, message }], { source: "c/stdout", offset: 7 });
    expect(await logs.sink.checkpoint("c/stdout")).toBe(7);
    await logs.sink.append(scope, "new", "gone", [], { source: "c/stdout", offset: 9 });
    expect(await logs.sink.checkpoint("c/stdout")).toBe(9);
    const pieces = [];
    let nextToken: string | undefined;
    do {
      const page = await filter({ logGroupName: "new", nextToken });
      pieces.push(...messages(page));
      nextToken = page.nextToken;
    } while (nextToken);
    expect(pieces).toHaveLength(3);
    expect(pieces.join("") === message).toBe(true);
  });

  test("keeps events in the order of time for whoever follows the group", async () => {
    await logs.sink.ensureStream(scope, "g", "s", false);
    const append = logs.sink.append(scope, "g", "s", [{ timestamp: NOW, message: "now" }], { source: "x", offset: 1 });
    expect(logs.events.checkpoint("x")).toBe(1); // stored before the caller's turn ends
    await append;
  });
});
