import type { IncomingMessage } from "node:http";
import { isDigest } from "../digest.ts";
import type { ImageId } from "../images.ts";
import { MAX_MANIFEST_BYTES } from "../manifest.ts";
import { digestInvalid, manifestTooLarge, manifestUnknown, OciError } from "./errors.ts";
import { bodyOf, repositoryPath, sendEmpty, sendJson, type Exchange } from "./exchange.ts";

const INDEX = "application/vnd.oci.image.index.v1+json";

/** `GET` and `HEAD /v2/NAME/manifests/REFERENCE` */
export async function getManifest({ registry, request, response, repository, reference }: Exchange): Promise<void> {
  await registry.repositories.get(repository);
  const purpose = request.method === "GET" ? "pull" : "look";
  const found = await registry.images.read(repository, imageId(reference), purpose);
  if (!found) throw manifestUnknown();
  const { digest, mediaType, manifestSize } = found.image;
  response.writeHead(200, {
    "content-type": mediaType,
    "content-length": manifestSize,
    "docker-content-digest": digest,
    etag: `"${digest}"`,
  });
  response.end(request.method === "HEAD" ? undefined : found.text);
}

/** `PUT /v2/NAME/manifests/REFERENCE` */
export async function putManifest({ registry, request, response, repository, reference }: Exchange): Promise<void> {
  const mediaType = request.headers["content-type"]?.split(";")[0]?.trim();
  const bytes = await readManifest(request);
  const { image } = await registry.images.put(repository, { bytes, mediaType, ...imageId(reference) });
  sendEmpty(response, 201, {
    location: repositoryPath(repository, `manifests/${image.digest}`),
    "docker-content-digest": image.digest,
    ...(image.subject === null ? {} : { "oci-subject": image.subject }),
  });
}

/** `DELETE /v2/NAME/manifests/REFERENCE`: by digest the image with its tags, by tag only the tag. */
export async function deleteManifest({ registry, response, repository, reference }: Exchange): Promise<void> {
  await registry.repositories.get(repository);
  const { digest, tag } = imageId(reference);
  if (tag !== undefined) {
    if (!(await registry.images.untag(repository, tag))) throw manifestUnknown();
  } else {
    const [deletion] = await registry.deleteImages(repository, [{ digest }]);
    if (deletion?.kind === "referenced")
      throw new OciError(
        405,
        "UNSUPPORTED",
        `Requested image referenced by manifest list: [${deletion.by.join(", ")}]`,
      );
    if (deletion?.kind !== "deleted") throw manifestUnknown();
  }
  sendEmpty(response, 202, {});
}

/**
 * `GET /v2/NAME/referrers/DIGEST`
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#listing-referrers
 */
export async function getReferrers(exchange: Exchange): Promise<void> {
  const { registry, query, repository, reference } = exchange;
  if (!isDigest(reference)) throw digestInvalid(reference);
  await registry.repositories.get(repository);
  const artifactType = query.get("artifactType");
  const referrers = await registry.images.referrers(repository, reference);
  const manifests = referrers
    .filter((image) => artifactType === null || image.artifactMediaType === artifactType)
    .map((image) => ({
      mediaType: image.mediaType,
      digest: image.digest,
      size: image.manifestSize,
      artifactType: image.artifactMediaType,
      annotations: image.annotations,
    }));
  sendJson(
    exchange,
    200,
    { schemaVersion: 2, mediaType: INDEX, manifests },
    {
      "content-type": INDEX,
      ...(artifactType === null ? {} : { "oci-filters-applied": "artifactType" }),
    },
  );
}

function imageId(reference: string): ImageId {
  if (!reference.includes(":")) return { tag: reference };
  if (!isDigest(reference)) throw digestInvalid(reference);
  return { digest: reference };
}

async function readManifest(request: IncomingMessage): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  if (Number(request.headers["content-length"]) > MAX_MANIFEST_BYTES) throw manifestTooLarge();
  let size = 0;
  for await (const chunk of bodyOf(request)) {
    size += chunk.length;
    if (size > MAX_MANIFEST_BYTES) throw manifestTooLarge();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
