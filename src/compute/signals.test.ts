import { expect, test } from "vitest";
import { signalNumber } from "./signals.ts";

test.each([
  ["SIGTERM", 15],
  ["term", 15],
  ["9", 9],
  ["SIGRTMIN", 34],
  ["SIGRTMIN+3", 37],
  ["RTMAX-1", 63],
  ["SIGNONE", undefined],
  ["", undefined],
  ["0", undefined],
  ["65", undefined],
])("%j is %j", (text, number) => expect(signalNumber(text)).toBe(number));
