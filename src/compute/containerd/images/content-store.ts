import type { MessageInitShape } from "@bufbuild/protobuf";
import {
  WriteAction,
  type WriteContentRequestSchema,
} from "../../../../generated/containerd/services/content/v1/content_pb.ts";
import { isAlreadyExists, unlessNotFound, type ContainerdClient } from "../client.ts";
import type { Descriptor } from "./manifest.ts";

/** Keeps what is written from containerd's garbage collector. */
export const LEASE_HEADER = "containerd-lease";

/** Whether containerd has a blob. */
export async function hasContent(client: ContainerdClient, digest: string): Promise<boolean> {
  return (await unlessNotFound(client.content.info({ digest }))) !== undefined;
}

/** Reads a blob whole; `undefined` when containerd has it not. For manifests and configurations. */
export async function readContent(client: ContainerdClient, digest: string): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  const read = async () => {
    for await (const { data } of client.content.read({ digest })) chunks.push(data);
    return Buffer.concat(chunks);
  };
  return unlessNotFound(read());
}

/**
 * Streams a blob into containerd, which takes it only when digest and size are right. Labels tell the garbage collector
 * what the blob refers to. Nothing happens when it is there already.
 * @throws ConnectError, of containerd: `unexpected commit digest sha256:…, expected sha256:…`
 */
export async function writeContent(
  client: ContainerdClient,
  descriptor: Pick<Descriptor, "digest" | "size">,
  chunks: AsyncIterable<Uint8Array>,
  options: { ref: string; lease: string; labels?: Record<string, string>; signal?: AbortSignal },
): Promise<void> {
  let failure: { cause: unknown } | undefined;
  const requests = writeRequests(descriptor, chunks, options, (cause) => (failure = { cause }));
  try {
    const responses = client.content.write(requests, {
      headers: { [LEASE_HEADER]: options.lease },
      signal: options.signal,
    });
    for await (const _ of responses); // read, so that the stream moves on
  } catch (cause) {
    if (isAlreadyExists(cause)) return relabel(client, descriptor.digest, options.labels);
    await unlessNotFound(client.content.abort({ ref: options.ref })).catch(() => {}); // else it expires with the lease
    throw failure ? failure.cause : cause;
  }
}

/** The requests of one write. An error of the source ends the stream; `onError` keeps it from being reworded. */
async function* writeRequests(
  { digest, size }: Pick<Descriptor, "digest" | "size">,
  chunks: AsyncIterable<Uint8Array>,
  { ref, labels }: { ref: string; labels?: Record<string, string> },
  onError: (cause: unknown) => void,
): AsyncIterable<MessageInitShape<typeof WriteContentRequestSchema>> {
  const common = { ref, total: BigInt(size), expected: digest };
  let offset = 0;
  try {
    for await (const data of chunks) {
      if (offset + data.byteLength > size)
        throw new Error(`unexpected commit size ${offset + data.byteLength}, expected ${size}`);
      yield { ...common, action: WriteAction.WRITE, offset: BigInt(offset), data };
      offset += data.byteLength;
    }
  } catch (cause) {
    onError(cause);
    throw cause;
  }
  yield { ...common, action: WriteAction.COMMIT, offset: BigInt(offset), labels: labels ?? {} };
}

async function relabel(client: ContainerdClient, digest: string, labels: Record<string, string> = {}): Promise<void> {
  const paths = Object.keys(labels).map((name) => `labels.${name}`);
  if (paths.length) await client.content.update({ info: { digest, labels }, updateMask: { paths } });
}
