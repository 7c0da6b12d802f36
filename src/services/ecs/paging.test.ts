import { expect, test } from "vitest";
import { page } from "./paging.ts";

const self = (id: string) => id;
const LIST = { list: "L", size: 100 };
const ids = ["a", "b", "c", "d", "e"];

test("pages follow each other to the end", () => {
  const seen: string[][] = [];
  let nextToken: string | undefined;
  do {
    const found = page(ids, self, { maxResults: 2, nextToken }, LIST);
    seen.push(found.items);
    nextToken = found.nextToken;
  } while (nextToken);
  expect(seen).toEqual([["a", "b"], ["c", "d"], ["e"]]);
});

test("a last page that is full has no token", () => {
  expect(page(ids, self, { maxResults: 5 }, LIST)).toEqual({ items: ids });
});

test("nothing is one empty page", () => {
  expect(page([], self, {}, LIST)).toEqual({ items: [] });
});

test("without a size, the operation's", () => {
  expect(page(ids, self, {}, { list: "L", size: 3 }).items).toEqual(["a", "b", "c"]);
});

test("what comes and goes between two pages neither repeats nor hides anything", () => {
  const { nextToken } = page(ids, self, { maxResults: 2 }, LIST);
  expect(page(["a", "c", "d", "e"], self, { maxResults: 2, nextToken }, LIST).items).toEqual(["c", "d"]);
  expect(page(["a", "a2", "b", "b2", "c"], self, { nextToken }, LIST).items).toEqual(["b2", "c"]);
  expect(page(["a"], self, { nextToken }, LIST)).toEqual({ items: [] });
});

test.each([
  [{ maxResults: 101 }, "Max results can not be greater than 100"],
  [{ maxResults: 0 }, "Max results can not be lesser than 1"],
  [{ maxResults: -1 }, "Max results can not be lesser than 1"],
  [{ nextToken: "made-up" }, "Invalid token."],
  [{ nextToken: Buffer.from('["another","a"]').toString("base64url") }, "Invalid token."],
  [{ nextToken: Buffer.from('["L",1]').toString("base64url") }, "Invalid token."],
])("%j is refused", (request, message) => {
  expect(() => page(ids, self, request, LIST)).toThrow(
    expect.objectContaining({ code: "InvalidParameterException", message }),
  );
});
