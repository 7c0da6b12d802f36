import { AwsError } from "../../base/errors.ts";

/**
 * An error of the OCI protocol.
 * https://github.com/opencontainers/distribution-spec/blob/main/spec.md#error-codes
 */
export class OciError extends Error {
  readonly code: string;
  readonly status: number;
  readonly headers: Record<string, string>;

  constructor(status: number, code: string, message: string, headers: Record<string, string> = {}) {
    super(message);
    this.name = "OciError";
    this.status = status;
    this.code = code;
    this.headers = headers;
  }
}

/** How the ECR API's exceptions look in the OCI protocol, as ECR itself answers. */
const OCI_ERRORS: Record<string, [status: number, code: string]> = {
  RepositoryNotFoundException: [404, "NAME_UNKNOWN"],
  LayersNotFoundException: [400, "MANIFEST_BLOB_UNKNOWN"],
  ReferencedImagesNotFoundException: [400, "MANIFEST_BLOB_UNKNOWN"],
  ImageTagAlreadyExistsException: [400, "TAG_INVALID"],
  ImageDigestDoesNotMatchException: [400, "MANIFEST_INVALID"],
  InvalidParameterException: [400, "MANIFEST_INVALID"],
  InvalidLayerException: [400, "DIGEST_INVALID"],
  InvalidLayerPartException: [416, "BLOB_UPLOAD_INVALID"],
  UploadNotFoundException: [404, "BLOB_UPLOAD_UNKNOWN"],
};

/** The OCI form of what the registry threw; `undefined` when it is a fault of ours. */
export function toOciError(cause: unknown): OciError | undefined {
  if (cause instanceof OciError) return cause;
  const known = cause instanceof AwsError ? OCI_ERRORS[cause.code] : undefined;
  return known && new OciError(...known, (cause as AwsError).message);
}

export const notFound = () => new OciError(404, "UNSUPPORTED", "The registry has no such path");

export const methodNotAllowed = (allowed: string[]) =>
  new OciError(405, "UNSUPPORTED", "The operation is unsupported.", { allow: allowed.join(", ") });

export const nameInvalid = (name: string) => new OciError(400, "NAME_INVALID", `Invalid repository name: '${name}'`);

export const digestInvalid = (digest: string) =>
  new OciError(400, "DIGEST_INVALID", `The digest '${digest}' is not sha256: and 64 lower-case hexadecimal digits`);

export const blobUnknown = () => new OciError(404, "BLOB_UNKNOWN", "Requested layer not found");

export const manifestUnknown = () => new OciError(404, "MANIFEST_UNKNOWN", "Requested image not found");

export const manifestTooLarge = () => new OciError(413, "MANIFEST_INVALID", "The manifest is larger than 4 MiB");

export const sizeInvalid = (message: string) => new OciError(400, "SIZE_INVALID", message);

/** The range that a client asked to read or to write is not there. */
export const rangeInvalid = (message: string, headers: Record<string, string>) =>
  new OciError(416, "BLOB_UPLOAD_INVALID", message, headers);

export const paginationInvalid = () => new OciError(400, "PAGINATION_NUMBER_INVALID", "n must be a positive number");

/** The caller logs in again. */
export const tokenExpired = () =>
  new OciError(403, "DENIED", "Your authorization token has expired. Reauthenticate and try again.");

/** The token's holder may not do that: some policy would have to say so, or says otherwise. */
export const accessRefused = (message: string) => new OciError(403, "DENIED", message);

/** A token is good for the registry of its own account and Region. */
export const otherRegistry = (host: string) =>
  new OciError(403, "DENIED", `Your authorization token is not for the registry ${host}`);
