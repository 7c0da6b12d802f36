import { PassThrough } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { systemClock } from "../../../base/clock.ts";
import { silentLogger } from "../../../base/log.ts";
import type { TerminalSize } from "../../../compute/backend.ts";
import { TerminalInput } from "./terminal-input.ts";

const small = { cols: 80, rows: 24 };
const large = { cols: 132, rows: 50 };

/** A program whose sizes take until they are let go, what came to it, and the end of the longest wait for a size. */
function setUp() {
  const came: (string | TerminalSize)[] = [];
  const sizes: PromiseWithResolvers<void>[] = [];
  const stream = new PassThrough().on("data", (bytes: Buffer) => came.push(bytes.toString()));
  const { promise: late, resolve: wake } = Promise.withResolvers<void>();
  const clock = { ...systemClock, sleep: () => late };
  const input = new TerminalInput({ sessionId: "s", clock, log: silentLogger });
  const program = {
    input: stream,
    output: stream,
    ended: new Promise<number>(() => {}),
    kill: async () => void stream.end(),
    resize: (size: TerminalSize) => {
      came.push(size);
      sizes.push(Promise.withResolvers());
      return sizes.at(-1)!.promise;
    },
  };
  return { came, sizes, wake, input, begin: () => input.begin(program), program };
}

const type = (input: TerminalInput, text: string) => input.type(Buffer.from(text));

test("what is typed after a change of size waits for it, also before the program begins", async () => {
  const { came, sizes, input, begin } = setUp();
  type(input, "a");
  input.resize(small);
  type(input, "b");
  begin();
  await setImmediate();
  expect(came).toEqual(["a", small]);
  input.resize(large);
  type(input, "c");
  sizes[0]!.resolve();
  await setImmediate();
  expect(came).toEqual(["a", small, "b", large]);
  sizes[1]!.reject(new Error("no terminal"));
  await setImmediate();
  expect(came).toEqual(["a", small, "b", large, "c"]);
});

test("of sizes that nobody saw, the last counts", async () => {
  const { came, sizes, input, begin } = setUp();
  begin();
  for (const size of [large, small, large, small]) input.resize(size);
  sizes[0]!.resolve();
  await setImmediate();
  expect(came).toEqual([large, small]);
});

test("a size that takes too long is not waited for", async () => {
  const { came, wake, input, begin } = setUp();
  begin();
  input.resize(small);
  type(input, "a");
  await setImmediate();
  expect(came).toEqual([small]);
  wake();
  await setImmediate();
  expect(came).toEqual([small, "a"]);
});

test("no more is typed ahead than 256 KiB, and nothing to a program that has ended", async () => {
  const { came, sizes, input, begin, program } = setUp();
  for (let n = 0; n < 300; n++) type(input, "x".repeat(1024));
  begin();
  await setImmediate();
  expect(came.join("")).toHaveLength(256 * 1024);
  input.resize(small);
  type(input, "late");
  await program.kill();
  sizes[0]!.resolve();
  await setImmediate();
  expect(came.at(-1)).toEqual(small);
});
