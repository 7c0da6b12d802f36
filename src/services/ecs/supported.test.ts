import { expect, test } from "vitest";
import { refuseUnsupported } from "./supported.ts";

test.each<[value: unknown]>([
  [undefined],
  [null],
  [false],
  [""],
  [[]],
  [{}],
  [{ enabled: false }],
  [{ alarmNames: [], enable: false, rollback: false }],
  [{ deep: { deeper: [] } }],
])("%j says nothing", (value) => {
  expect(() => refuseUnsupported({ known: 1, field: value }, ["known"])).not.toThrow();
});

test.each<[value: unknown]>([
  [true],
  [0],
  [1],
  ["x"],
  [["x"]],
  [[{}]],
  [{ enabled: true }],
  [{ size: 0 }],
  [new Date(0)],
])("%j is refused", (value) => {
  expect(() => refuseUnsupported({ known: 1, field: value }, ["known"])).toThrow(
    expect.objectContaining({
      code: "InvalidParameterException",
      message: "'field' is not supported by Neargate yet.",
    }),
  );
});

test("the message says where the member is", () => {
  expect(() => refuseUnsupported({ field: 1 }, [], "outer.list")).toThrow("'outer.list.field' is not supported");
});

test("a supported member may say anything", () => {
  expect(() => refuseUnsupported({ field: [1], other: "x" }, ["field", "other"])).not.toThrow();
});
