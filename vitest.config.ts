import { defineConfig } from "vitest/config";
import { LongestFirst } from "./test/support/longest-first.ts";
import { PATIENCE } from "./test/support/patience.ts";

/** Conformance and system tests mostly wait: three at a time use two cores without being late. */
const WAITING = { maxWorkers: 3, sequence: { groupOrder: 2 } };

/**
 * unit: logic beside its source. roundtrip: every operation of every client through the wire. conformance: black box,
 * with the AWS CLI and SDKs. system: real containers, networks and processes, as root.
 */
export default defineConfig({
  test: {
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: "unit",
          include: ["src/**/*.test.ts"],
          testTimeout: 30_000,
          expect: { poll: { timeout: 10_000 } },
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "roundtrip",
          include: ["test/roundtrip/**/*.test.ts"],
          testTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "conformance",
          include: ["test/conformance/**/*.test.ts"],
          testTimeout: 240_000,
          hookTimeout: 240_000,
          expect: { poll: { timeout: 30_000 } },
          ...WAITING,
        },
      },
      {
        test: {
          name: "system",
          include: ["test/system/**/*.test.ts"],
          testTimeout: 240_000 * PATIENCE,
          hookTimeout: 240_000 * PATIENCE,
          expect: { poll: { timeout: 30_000 } },
          ...WAITING,
        },
      },
    ],
  },
});
