import { createReadStream } from "node:fs";
import { request, type IncomingMessage, type OutgoingHttpHeaders } from "node:http";
import { Readable } from "node:stream";
import { text } from "node:stream/consumers";
import { pipeline } from "node:stream/promises";
import type { ImageDocument, Layer, OciImage } from "./oci-image.ts";

/** A repository of a registry, and the right to push to it. */
export interface PushTarget {
  /** `http://127.0.0.1:4566` */
  registry: string;
  repository: string;
  /** The token of ECR's GetAuthorizationToken: base64 of `user:password`. */
  authorizationToken: string;
}

/**
 * Pushes an image under a tag, https://github.com/opencontainers/distribution-spec/blob/main/spec.md#push. Blobs that
 * the registry has are not sent again. Returns the number of bytes that were.
 * @throws Error with the registry's answer when it refuses
 */
export async function pushImage(target: PushTarget, image: OciImage, tag: string): Promise<number> {
  const sent = await Promise.all([
    ...image.layers.map((layer) => pushBlob(target, layer, () => createReadStream(layer.path))),
    pushBlob(target, sizeOf(image.config), () => Readable.from([image.config.bytes])),
  ]);
  const { manifest } = image;
  await send(target, "PUT", `/v2/${target.repository}/manifests/${tag}`, 201, {
    headers: { "content-type": manifest.mediaType, "content-length": manifest.bytes.length },
    body: Readable.from([manifest.bytes]),
  });
  return sent.reduce((sum, size) => sum + size, manifest.bytes.length);
}

function sizeOf({ digest, bytes }: ImageDocument): Pick<Layer, "digest" | "size"> {
  return { digest, size: bytes.length };
}

async function pushBlob(
  target: PushTarget,
  { digest, size }: Pick<Layer, "digest" | "size">,
  open: () => Readable,
): Promise<number> {
  const blobs = `/v2/${target.repository}/blobs`;
  const found = await send(target, "HEAD", `${blobs}/${digest}`, [200, 404]);
  if (found.statusCode === 200) return 0;
  const started = await send(target, "POST", `${blobs}/uploads/`, 202, { headers: { "content-length": 0 } });
  const location = new URL(started.headers.location ?? "", target.registry);
  location.searchParams.set("digest", digest);
  await send(target, "PUT", location.pathname + location.search, 201, {
    headers: { "content-type": "application/octet-stream", "content-length": size },
    body: open(),
  });
  return size;
}

/** One request; its answer is read to the end. */
async function send(
  target: PushTarget,
  method: string,
  path: string,
  expected: number | number[],
  { headers = {}, body }: { headers?: OutgoingHttpHeaders; body?: Readable } = {},
): Promise<IncomingMessage> {
  const sent = request(new URL(path, target.registry), {
    method,
    headers: { authorization: `Basic ${target.authorizationToken}`, ...headers },
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) =>
    sent.once("response", resolve).once("error", reject),
  );
  const [response] = await Promise.all([answered, body ? pipeline(body, sent) : sent.end()]);
  const answer = await text(response);
  if (![expected].flat().includes(response.statusCode ?? 0))
    throw new Error(`the registry answered ${method} ${path} with ${response.statusCode}: ${answer.slice(0, 500)}`);
  return response;
}
