import { open } from "node:fs/promises";
import { pipeline } from "node:stream/promises";
import { errnoOf } from "../../base/errors.ts";
import { isDigest } from "../digest.ts";
import { blobUnknown, digestInvalid, OciError } from "./errors.ts";
import { sendEmpty, type Exchange } from "./exchange.ts";

/** `HEAD /v2/NAME/blobs/DIGEST`: the question of a push whether it may leave the layer out. */
export async function headBlob({ registry, response, repository, reference }: Exchange): Promise<void> {
  if (!isDigest(reference)) throw digestInvalid(reference);
  await registry.repositories.get(repository);
  const blob = await registry.layers.claim(repository, reference);
  if (!blob) throw blobUnknown();
  sendEmpty(response, 200, { ...blobHeaders(reference), "content-length": blob.size });
}

/** `GET /v2/NAME/blobs/DIGEST`, whole or one range of it. */
export async function getBlob({ registry, request, response, repository, reference }: Exchange): Promise<void> {
  if (!isDigest(reference)) throw digestInvalid(reference);
  await registry.repositories.get(repository);
  const blob = await registry.layers.find(repository, reference);
  if (!blob) throw blobUnknown();
  const range = rangeOf(request.headers.range, blob.size);
  const file = await open(blob.path).catch((cause: unknown) => {
    throw errnoOf(cause) === "ENOENT" ? blobUnknown() : cause; // deleted meanwhile
  });
  const headers = blobHeaders(reference);
  if (range) {
    const contentRange = `bytes ${range.start}-${range.end}/${blob.size}`;
    response.writeHead(206, {
      ...headers,
      "content-length": range.end - range.start + 1,
      "content-range": contentRange,
    });
  } else response.writeHead(200, { ...headers, "content-length": blob.size });
  await pipeline(file.createReadStream({ ...range, highWaterMark: 256 * 1024 }), response);
}

function blobHeaders(digest: string): Record<string, string> {
  return {
    "content-type": "application/octet-stream",
    "docker-content-digest": digest,
    etag: `"${digest}"`,
    "accept-ranges": "bytes",
    "cache-control": "max-age=31536000",
  };
}

/**
 * The one range of a `Range` header, ends included; `undefined` for none, or for a form that servers may ignore.
 * https://www.rfc-editor.org/rfc/rfc9110#name-range
 */
function rangeOf(header: string | undefined, size: number): { start: number; end: number } | undefined {
  const match = /^bytes=(\d*)-(\d*)$/.exec(header ?? "");
  if (!match || (!match[1] && !match[2])) return undefined;
  const suffix = match[1] ? undefined : Number(match[2]);
  const start = suffix === undefined ? Number(match[1]) : Math.max(0, size - suffix);
  const end = suffix === undefined && match[2] ? Math.min(Number(match[2]), size - 1) : size - 1;
  if (start > end)
    throw new OciError(416, "SIZE_INVALID", "The range is outside of the blob", { "content-range": `bytes */${size}` });
  return { start, end };
}
