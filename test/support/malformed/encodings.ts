import type { Tree } from "./trees.ts";

/** JSON, or what looks like it. */
export function jsonOf(tree: Tree): string {
  if (tree === null || typeof tree !== "object") return JSON.stringify(tree);
  if ("raw" in tree) return tree.raw;
  if ("list" in tree) return `[${tree.list.map(jsonOf).join(",")}]`;
  return `{${tree.object.map(([key, value]) => `${JSON.stringify(key)}:${jsonOf(value)}`).join(",")}}`;
}

/** CBOR, RFC 8949. What is no number becomes a text. */
export function cborOf(tree: Tree): Buffer {
  if (tree === null) return Buffer.of(0xf6);
  if (typeof tree === "boolean") return Buffer.of(tree ? 0xf5 : 0xf4);
  if (typeof tree === "number") return float(tree);
  if (typeof tree === "string") return textString(tree);
  if ("raw" in tree) return /^[-\d]/.test(tree.raw) ? float(Number(tree.raw)) : textString(tree.raw);
  if ("list" in tree) return Buffer.concat([head(4, tree.list.length), ...tree.list.map(cborOf)]);
  const entries = tree.object.flatMap(([key, value]) => [textString(key), cborOf(value)]);
  return Buffer.concat([head(5, tree.object.length), ...entries]);
}

/** A form as the query protocols send it. @param item what stands before the number of a list's item, such as `.member` */
export function formOf(tree: Tree, item: string): string {
  return pairs(tree, "", item)
    .map(([name, value]) => `${encode(name)}=${encode(value)}`)
    .join("&");
}

/** XML, or what looks like it. */
export function xmlOf(name: string, tree: Tree): string {
  const tag = name.replaceAll(/[^\w.-]/g, "_") || "_";
  return `<${tag}>${contentOf(tree)}</${tag}>`;
}

/** Percent-encoded, also what no URL can say. */
export function encode(text: string): string {
  return encodeURIComponent(text.toWellFormed());
}

export function textOf(tree: Tree): string {
  if (tree === null || typeof tree !== "object") return String(tree);
  return "raw" in tree ? tree.raw : jsonOf(tree);
}

function contentOf(tree: Tree): string {
  if (tree !== null && typeof tree === "object") {
    if ("list" in tree) return tree.list.map((each) => xmlOf("member", each)).join("");
    if ("object" in tree) return tree.object.map(([key, value]) => xmlOf(key, value)).join("");
  }
  return textOf(tree).toWellFormed().replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

function pairs(tree: Tree, name: string, item: string): [string, string][] {
  if (tree === null || typeof tree !== "object" || "raw" in tree) return [[name, textOf(tree)]];
  if ("list" in tree) return tree.list.flatMap((each, at) => pairs(each, `${name}${item}.${at + 1}`, item));
  return tree.object.flatMap(([key, value]) => pairs(value, name ? `${name}.${key}` : key, item));
}

function head(major: number, length: number): Buffer {
  if (length < 24) return Buffer.of((major << 5) | length);
  const bytes = Buffer.alloc(5);
  bytes[0] = (major << 5) | 26;
  bytes.writeUInt32BE(length, 1);
  return bytes;
}

function textString(value: string): Buffer {
  const bytes = Buffer.from(value);
  return Buffer.concat([head(3, bytes.length), bytes]);
}

function float(value: number): Buffer {
  const bytes = Buffer.alloc(9);
  bytes[0] = 0xfb;
  bytes.writeDoubleBE(value, 1);
  return bytes;
}
