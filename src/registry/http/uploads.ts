import { isDigest } from "../digest.ts";
import { parseRange } from "./content-range.ts";
import { digestInvalid, rangeInvalid, sizeInvalid } from "./errors.ts";
import { bodyOf, repositoryPath, sendEmpty, type Exchange } from "./exchange.ts";
import type { Upload } from "../uploads.ts";

/** `POST /v2/NAME/blobs/uploads/`: begins an upload, or takes a whole blob, or shows another repository's blob here. */
export async function postUpload(exchange: Exchange): Promise<void> {
  const { registry, request, query, repository } = exchange;
  const mount = query.get("mount");
  const from = query.get("from");
  if (mount !== null && from !== null && isDigest(mount)) {
    await registry.repositories.get(repository);
    if (await registry.layers.mount({ ...repository, name: from }, repository, mount)) return created(exchange, mount);
  }
  const digest = query.get("digest");
  if (digest !== null && !isDigest(digest)) throw digestInvalid(digest);
  const upload = await registry.beginUpload(repository);
  if (digest === null) return accepted(exchange, upload, 202);
  await registry.uploads.append(repository, upload.id, bodyOf(request), undefined);
  await registry.completeUpload(repository, upload.id, digest);
  created(exchange, digest);
}

/** `GET /v2/NAME/blobs/uploads/ID`: how far it is. */
export async function getUpload(exchange: Exchange): Promise<void> {
  const { registry, repository, reference } = exchange;
  accepted(exchange, registry.uploads.get(repository, reference), 204);
}

/** `PATCH /v2/NAME/blobs/uploads/ID`: a chunk, or with no `Content-Range` whatever comes. */
export async function patchUpload(exchange: Exchange): Promise<void> {
  accepted(exchange, await append(exchange), 202);
}

/** `PUT /v2/NAME/blobs/uploads/ID?digest=…`: ends the upload, with a last chunk if there is a body. */
export async function putUpload(exchange: Exchange): Promise<void> {
  const { registry, query, repository, reference } = exchange;
  const digest = query.get("digest") ?? "";
  if (!isDigest(digest)) throw digestInvalid(digest);
  await append(exchange);
  await registry.completeUpload(repository, reference, digest);
  created(exchange, digest);
}

/** `DELETE /v2/NAME/blobs/uploads/ID` */
export async function deleteUpload({ registry, response, repository, reference }: Exchange): Promise<void> {
  await registry.uploads.cancel(repository, reference);
  sendEmpty(response, 204, {});
}

async function append(exchange: Exchange): Promise<Upload> {
  const { registry, request, repository, reference } = exchange;
  const { size } = registry.uploads.get(repository, reference);
  const range = parseRange(request.headers["content-range"]);
  const length = request.headers["content-length"];
  if (range && length !== undefined && Number(length) !== range.end - range.start + 1)
    throw sizeInvalid("Content-Length is not the length of Content-Range");
  if (range && range.start !== size)
    throw rangeInvalid("The chunk does not begin where the last one ended", progress(exchange, reference, size));
  return await registry.uploads.append(repository, reference, bodyOf(request), range?.start);
}

function accepted(exchange: Exchange, { id, size }: Upload, status: number): void {
  sendEmpty(exchange.response, status, progress(exchange, id, size));
}

function created({ response, repository }: Exchange, digest: string): void {
  const location = repositoryPath(repository, `blobs/${digest}`);
  sendEmpty(response, 201, { location, "docker-content-digest": digest });
}

/** Clients read how far the upload is from `Range`, whose end is included; nothing yet is `0-0`, as Docker's registry says it. */
function progress({ repository }: Exchange, id: string, size: number): Record<string, string> {
  return {
    location: repositoryPath(repository, `blobs/uploads/${id}`),
    "docker-upload-uuid": id,
    range: `0-${Math.max(0, size - 1)}`,
  };
}
