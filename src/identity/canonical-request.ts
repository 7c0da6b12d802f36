import type { SignedRequest } from "./signed-request.ts";

/**
 * The text whose digest is signed, https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
 * @param signedHeaders lower-case names, in the signer's order
 */
export function canonicalRequest(
  request: SignedRequest,
  service: string,
  signedHeaders: readonly string[],
  payloadHash: string,
): string {
  const headers = signedHeaders.map((name) => `${name}:${canonicalValue(request.headers[name] ?? "")}\n`).join("");
  return [
    request.method,
    canonicalPath(request.path, service),
    canonicalQuery(request.rawQuery),
    headers,
    signedHeaders.join(";"),
    payloadHash,
  ].join("\n");
}

function canonicalValue(value: string): string {
  return value.includes("  ") ? value.trim().replace(/ +/g, " ") : value.trim();
}

/** Every service but S3 normalizes the path and encodes it a second time. */
function canonicalPath(path: string, service: string): string {
  if (path === "/" || path === "") return "/";
  if (service === "s3") return path.split("/").map(decodeLoosely).map(encodeUri).join("/");
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part && part !== ".") parts.push(part);
  }
  return `/${parts.map(encodeUri).join("/")}${parts.length && path.endsWith("/") ? "/" : ""}`;
}

function canonicalQuery(rawQuery: string): string {
  if (!rawQuery) return "";
  return rawQuery
    .split("&")
    .filter(Boolean)
    .map((pair): [string, string] => {
      const equals = pair.indexOf("=");
      const [key, value] = equals < 0 ? [pair, ""] : [pair.slice(0, equals), pair.slice(equals + 1)];
      return [encodeUri(decodeLoosely(plusToSpace(key))), encodeUri(decodeLoosely(plusToSpace(value)))];
    })
    .filter(([key]) => key !== "X-Amz-Signature")
    .sort(([key, value], [otherKey, otherValue]) => compare(key, otherKey) || compare(value, otherValue))
    .map(([key, value]) => `${key}=${value}`)
    .join("&");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Percent-decoded where it can be; a stray percent sign stays and the signature simply does not match. */
function decodeLoosely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function plusToSpace(text: string): string {
  return text.replaceAll("+", " ");
}

/** RFC 3986: everything but letters, digits and `-._~`. */
function encodeUri(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}
