import { expect, test } from "vitest";
import { balanceZones, type BalancedTask } from "./zone-balance.ts";

/** One letter a task: its zone; a capital is protected. */
function tasks(text: string): BalancedTask[] {
  return [...text].map((letter, index) => ({
    taskId: `t${index}`,
    zone: letter.toLowerCase(),
    isProtected: letter !== letter.toLowerCase(),
  }));
}

test.each<[zones: string, running: string, room: number, moves: string, isBalanced: boolean]>([
  ["abc", "abc", 9, "", true],
  ["abc", "ab", 9, "", true],
  ["abc", "aab", 9, "a>c", false],
  ["ab", "aab", 9, "", true],
  ["ab", "aaaa", 9, "a>b a>b", false],
  ["ab", "aaaa", 1, "a>b", false],
  ["ab", "aaaa", 0, "", false],
  ["abc", "aaaaaa", 9, "a>b a>c a>b a>c", false],
  ["abc", "aaabbb", 9, "a>c b>c", false],
  ["abc", "AAA", 9, "", false],
  ["abc", "AAa", 9, "a>b", false],
  ["abc", "AAAbb", 9, "b>c", false],
  ["a", "aaa", 9, "", true],
  ["ab", "", 9, "", true],
])("zones %s with tasks %s and room for %i: %s", (zones, running, room, expected, isBalanced) => {
  const found = balanceZones([...zones], tasks(running), room);
  expect(found.moves.map(({ zone, from }) => `${from.zone}>${zone}`).join(" ")).toBe(expected);
  expect(found.isBalanced).toBe(isBalanced);
});

test.each([
  ["AAA", 9, 3],
  ["AAA", 0, 0],
  ["AAa", 9, 0],
  ["AbC", 9, 0],
])("tasks %s with room for %i: %i protected ones are in the way", (running, room, expected) => {
  expect(balanceZones(["a", "b", "c"], tasks(running), room).blockedBy).toBe(expected);
});

test("no task is moved twice", () => {
  const { moves } = balanceZones(["a", "b", "c"], tasks("aaaaaa"), 9);
  expect(new Set(moves.map(({ from }) => from.taskId)).size).toBe(moves.length);
});
