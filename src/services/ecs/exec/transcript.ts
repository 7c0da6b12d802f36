import type { Clock } from "../../../base/clock.ts";
import type { Logger } from "../../../base/log.ts";
import type { TaskRecord } from "../../../tasks/task-record.ts";
import type { SessionLogs } from "./log-settings.ts";
import { LogStreamTranscript } from "./log-stream-transcript.ts";
import { ObjectTranscript } from "./object-transcript.ts";
import type { TaskRoleApi } from "./task-role-api.ts";

type S3Sdk = typeof import("@aws-sdk/client-s3");

/** A session cannot be recorded as its cluster demands. */
export class TranscriptError extends Error {
  override name = "TranscriptError";
}

/** What happens in a session, as somebody before its terminal would see it. */
export interface Transcript {
  write(bytes: Buffer): Promise<void>;
  end(): Promise<void>;
}

export interface TranscriptParts {
  sessionId: string;
  task: TaskRecord;
  api: Pick<TaskRoleApi, "call">;
  clock: Clock;
  log: Logger;
}

/**
 * Opens the transcripts of a session: log stream and object are named after it. As with ECS, a place that cannot be written
 * to does not keep anybody from the session, unless the transcript must be encrypted and would not be.
 * @throws TranscriptError in Systems Manager's words
 */
export async function openTranscripts({ cloudWatch, s3 }: SessionLogs, parts: TranscriptParts): Promise<Transcript[]> {
  if (cloudWatch?.mustBeEncrypted)
    // Log groups are not encrypted by keys of KMS here.
    throw new TranscriptError(
      "We couldn't start the session because encryption is not set up on the selected CloudWatch Logs log group. Either encrypt the log group or choose an option to enable logging without encryption.",
    );
  if (s3?.mustBeEncrypted) await requireEncryption(s3.bucket, parts);
  return [
    ...(cloudWatch ? [new LogStreamTranscript(cloudWatch, parts)] : []),
    ...(s3 ? [new ObjectTranscript(s3, parts)] : []),
  ].map((transcript) => forgiving(transcript, parts));
}

async function requireEncryption(bucket: string, { api, task }: TranscriptParts): Promise<void> {
  try {
    await api.call<S3Sdk, "GetBucketEncryption">(task, task.scope, "s3", "GetBucketEncryption", { Bucket: bucket });
  } catch (cause) {
    throw new TranscriptError(
      `Couldn't start the session because we are unable to validate encryption on Amazon S3 bucket. Error: ${(cause as Error).message}`,
      { cause },
    );
  }
}

/** Gives up after the first failure. */
function forgiving(transcript: Transcript, { log, sessionId }: TranscriptParts): Transcript {
  let failed = false;
  const attempt = async (work: () => Promise<void>) => {
    if (failed) return;
    try {
      await work();
    } catch (err) {
      failed = true;
      log.warn({ err, session: sessionId }, "the transcript of a session cannot be stored");
    }
  };
  return {
    write: (bytes) => attempt(() => transcript.write(bytes)),
    end: () => attempt(() => transcript.end()),
  };
}
