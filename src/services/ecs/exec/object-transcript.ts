import type { RequestPayload } from "../../../wire/request-payload.ts";
import type { SessionLogs } from "./log-settings.ts";
import type { Transcript, TranscriptParts } from "./transcript.ts";

type S3Sdk = typeof import("@aws-sdk/client-s3");

/** The parts that a long transcript is uploaded in; all but the last are to have 5 MiB at least. */
const PART_BYTES = 5 * 1024 * 1024;

/** `PREFIX/SESSION.log`, written when the session ends; in parts when it is long. */
export class ObjectTranscript implements Transcript {
  private readonly names: { Bucket: string; Key: string };
  private readonly parts: TranscriptParts;
  private pieces: Buffer[] = [];
  private size = 0;
  private upload: { id: string; etags: string[] } | undefined;

  constructor({ bucket, prefix }: NonNullable<SessionLogs["s3"]>, parts: TranscriptParts) {
    const folder = prefix.replace(/\/+$/, "");
    this.names = { Bucket: bucket, Key: `${folder ? `${folder}/` : ""}${parts.sessionId}.log` };
    this.parts = parts;
  }

  async write(bytes: Buffer): Promise<void> {
    this.pieces.push(bytes);
    this.size += bytes.length;
    if (this.size >= PART_BYTES) await this.uploadPart();
  }

  async end(): Promise<void> {
    if (!this.upload) {
      await this.call("PutObject", { ...this.names, Body: this.take() });
      return;
    }
    if (this.size) await this.uploadPart();
    const Parts = this.upload.etags.map((ETag, index) => ({ ETag, PartNumber: index + 1 }));
    const UploadId = this.upload.id;
    await this.call("CompleteMultipartUpload", { ...this.names, UploadId, MultipartUpload: { Parts } });
  }

  private async uploadPart(): Promise<void> {
    const Body = this.take();
    this.upload ??= { id: (await this.call("CreateMultipartUpload", this.names)).UploadId!, etags: [] };
    const { id: UploadId, etags } = this.upload;
    const { ETag } = await this.call("UploadPart", { ...this.names, UploadId, PartNumber: etags.length + 1, Body });
    etags.push(ETag!);
  }

  private take(): RequestPayload {
    const { pieces, size } = this;
    this.pieces = [];
    this.size = 0;
    return {
      length: size,
      announced: [],
      trailers: {},
      async *[Symbol.asyncIterator]() {
        yield* pieces;
      },
    };
  }

  private async call(
    operation: "PutObject" | "CreateMultipartUpload" | "UploadPart" | "CompleteMultipartUpload",
    input: object,
  ): Promise<{ UploadId?: string; ETag?: string }> {
    const { api, task } = this.parts;
    const answer: object = await api.call<S3Sdk, typeof operation>(task, task.scope, "s3", operation, input as never);
    return answer;
  }
}
