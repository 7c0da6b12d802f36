import { expect, test } from "vitest";
import { listPage, type ListPage, type ListRequest } from "./listing.ts";

const KEYS = ["a", "a/", "a/1", "a/2", "a/b/1", "b", "b/1", "c-1", "c-2", "é", "\u{1f600}"].toSorted((one, other) =>
  Buffer.compare(Buffer.from(one), Buffer.from(other)),
);

/** All pages, each as texts: common prefixes in angle brackets. */
async function pages(request: Partial<ListRequest>, keys = KEYS): Promise<string[][]> {
  const found: string[][] = [];
  let after: string | undefined = request.after ?? "";
  const bytes = (text: string) => Buffer.from(text);
  const read = async (behind: string | undefined, limit: number) =>
    keys.filter((key) => behind === undefined || Buffer.compare(bytes(key), bytes(behind)) > 0).slice(0, limit);
  while (after !== undefined) {
    const page: ListPage<string> = await listPage<string>(
      read,
      async (key) => keys.find((one) => one === key),
      (key) => key,
      { prefix: "", delimiter: "", max: 1000, ...request, after },
    );
    found.push(page.entries.map((entry) => ("item" in entry ? entry.item : `<${entry.prefix}>`)));
    after = page.next;
  }
  return found;
}

test.each<[Partial<ListRequest>, string[][]]>([
  [{}, [KEYS]],
  [{ prefix: "a" }, [["a", "a/", "a/1", "a/2", "a/b/1"]]],
  [{ prefix: "a/" }, [["a/", "a/1", "a/2", "a/b/1"]]],
  [{ prefix: "x" }, [[]]],
  [{ delimiter: "/" }, [["a", "<a/>", "b", "<b/>", "c-1", "c-2", "é", "\u{1f600}"]]],
  [{ delimiter: "/", prefix: "a/" }, [["a/", "a/1", "a/2", "<a/b/>"]]],
  [{ delimiter: "-" }, [["a", "a/", "a/1", "a/2", "a/b/1", "b", "b/1", "<c->", "é", "\u{1f600}"]]],
  [
    { max: 2, delimiter: "/" },
    [
      ["a", "<a/>"],
      ["b", "<b/>"],
      ["c-1", "c-2"],
      ["é", "\u{1f600}"],
    ],
  ],
  [{ max: 1, prefix: "a/", delimiter: "/" }, [["a/"], ["a/1"], ["a/2"], ["<a/b/>"]]],
  [{ max: 4, prefix: "a" }, [["a", "a/", "a/1", "a/2"], ["a/b/1"]]],
  [{ after: "a/2" }, [["a/b/1", "b", "b/1", "c-1", "c-2", "é", "\u{1f600}"]]],
  [{ after: "a", prefix: "b" }, [["b", "b/1"]]],
  [{ after: "z", prefix: "b" }, [[]]],
  [{ max: 0 }, [[]]],
])("%j", async (request, expected) => {
  expect(await pages(request)).toEqual(expected);
});

test("more keys under a prefix than are read at once", async () => {
  const keys = Array.from({ length: 2500 }, (_, index) => `big/${String(index).padStart(4, "0")}`).concat("z");
  expect(await pages({ delimiter: "/" }, keys)).toEqual([["<big/>", "z"]]);
  expect((await pages({ prefix: "big/", max: 1000 }, keys)).map((page) => page.length)).toEqual([1000, 1000, 500]);
});
