import { expect, test } from "vitest";
import { chooseTier, type TierNeeds } from "./tiers.ts";

const SMALL = "a".repeat(4096);
const LARGE = "a".repeat(4097);
const UMLAUTS = "ä".repeat(2049); // bytes count

test.each<[Partial<TierNeeds>, string]>([
  [{}, "Standard"],
  [{ value: LARGE }, "Standard tier parameters"],
  [{ value: UMLAUTS }, "Standard tier parameters"],
  [{ hasPolicies: true }, "Parameter policies"],
  [{ requested: "Advanced", value: LARGE, hasPolicies: true }, "Advanced"],
  [{ requested: "Advanced", value: LARGE.repeat(2) }, "Advanced tier parameters"],
  [{ preset: "Advanced" }, "Advanced"],
  [{ preset: "Advanced", requested: "Standard" }, "Standard"],
  [{ preset: "Intelligent-Tiering" }, "Standard"],
  [{ preset: "Intelligent-Tiering", value: LARGE }, "Advanced"],
  [{ preset: "Intelligent-Tiering", hasPolicies: true }, "Advanced"],
  [{ preset: "Intelligent-Tiering", standardIsFull: true }, "Advanced"],
  [{ preset: "Intelligent-Tiering", standardIsFull: true, present: "Standard" }, "Standard"],
  [{ present: "Advanced" }, "Advanced"],
  [{ present: "Advanced", requested: "Intelligent-Tiering" }, "Advanced"],
  [{ present: "Advanced", requested: "Standard" }, "This parameter uses the advanced-parameter tier."],
])("%o: %s", (needs, expected) => {
  const all: TierNeeds = {
    requested: undefined,
    preset: "Standard",
    present: undefined,
    value: SMALL,
    hasPolicies: false,
    standardIsFull: false,
    ...needs,
  };
  if (expected.includes(" ")) expect(() => chooseTier(all)).toThrow(expected);
  else expect(chooseTier(all)).toBe(expected);
});
