import { createClient, Code, ConnectError, type Client, type Interceptor } from "@connectrpc/connect";
import { createGrpcTransport, Http2SessionManager } from "@connectrpc/connect-node";
import { connect } from "node:net";
import { Containers } from "../../../generated/containerd/services/containers/v1/containers_pb.ts";
import { Content } from "../../../generated/containerd/services/content/v1/content_pb.ts";
import { Diff } from "../../../generated/containerd/services/diff/v1/diff_pb.ts";
import { Events } from "../../../generated/containerd/services/events/v1/events_pb.ts";
import { Images } from "../../../generated/containerd/services/images/v1/images_pb.ts";
import { Introspection } from "../../../generated/containerd/services/introspection/v1/introspection_pb.ts";
import { Leases } from "../../../generated/containerd/services/leases/v1/leases_pb.ts";
import { Namespaces } from "../../../generated/containerd/services/namespaces/v1/namespace_pb.ts";
import { Snapshots } from "../../../generated/containerd/services/snapshots/v1/snapshots_pb.ts";
import { Tasks } from "../../../generated/containerd/services/tasks/v1/tasks_pb.ts";
import { Version } from "../../../generated/containerd/services/version/v1/version_pb.ts";

/** What keeps the layers of images: unpacked, or mounted from their registries. */
export type Snapshotter = "overlayfs" | "stargz";

/** Begins the names of the snapshots that are mounted from registries. */
export const LAZY_PREFIX = "stargz/";

/** Which of them has the snapshot of that name: those of images say it. */
export function snapshotterOf(name: string): Snapshotter {
  return name.startsWith(LAZY_PREFIX) ? "stargz" : "overlayfs";
}

/** containerd's services, all calls in one namespace of it. */
export interface ContainerdClient {
  namespace: string;
  containers: Client<typeof Containers>;
  content: Client<typeof Content>;
  diff: Client<typeof Diff>;
  events: Client<typeof Events>;
  images: Client<typeof Images>;
  introspection: Client<typeof Introspection>;
  leases: Client<typeof Leases>;
  namespaces: Client<typeof Namespaces>;
  snapshots: Client<typeof Snapshots>;
  tasks: Client<typeof Tasks>;
  version: Client<typeof Version>;
  /** Closes the connection; a call after that opens it anew. */
  close(): void;
}

/** A client of the containerd behind a socket. Connects with the first call, and again with the first after a loss. */
export function createContainerdClient(socketPath: string, namespace: string): ContainerdClient {
  const inNamespace: Interceptor = (next) => (request) => {
    request.header.set("containerd-namespace", namespace);
    return next(request);
  };
  const sessionManager = new Http2SessionManager(
    "http://containerd",
    {},
    { createConnection: () => connect(socketPath) },
  );
  const transport = createGrpcTransport({
    baseUrl: "http://containerd",
    interceptors: [inNamespace],
    acceptCompression: [],
    sessionManager,
  });
  return {
    namespace,
    containers: createClient(Containers, transport),
    content: createClient(Content, transport),
    diff: createClient(Diff, transport),
    events: createClient(Events, transport),
    images: createClient(Images, transport),
    introspection: createClient(Introspection, transport),
    leases: createClient(Leases, transport),
    namespaces: createClient(Namespaces, transport),
    snapshots: createClient(Snapshots, transport),
    tasks: createClient(Tasks, transport),
    version: createClient(Version, transport),
    close: () => sessionManager.abort(),
  };
}

/** Whether containerd answered that the thing does not exist. */
export function isNotFound(cause: unknown): boolean {
  return cause instanceof ConnectError && cause.code === Code.NotFound;
}

/** Whether containerd answered that the thing exists already. */
export function isAlreadyExists(cause: unknown): boolean {
  return cause instanceof ConnectError && cause.code === Code.AlreadyExists;
}

/**
 * Whether the call did not get through: containerd is gone, or went while it worked. `Internal` is the client library's
 * word for broken streams; containerd itself says `Unknown`.
 */
export function isDisconnected(cause: unknown): boolean {
  return (
    cause instanceof ConnectError && [Code.Unavailable, Code.Aborted, Code.Canceled, Code.Internal].includes(cause.code)
  );
}

/** Awaits a call whose object may be gone already; then the answer is `undefined`. */
export async function unlessNotFound<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (cause) {
    if (isNotFound(cause)) return undefined;
    throw cause;
  }
}

/** Awaits a call whose object may exist already; then the answer is `undefined`. */
export async function unlessExists<T>(call: Promise<T>): Promise<T | undefined> {
  try {
    return await call;
  } catch (cause) {
    if (isAlreadyExists(cause)) return undefined;
    throw cause;
  }
}

/** containerd's own words, without the prefix of the transport. */
export function containerdMessage(cause: unknown): string {
  return cause instanceof ConnectError ? cause.rawMessage : cause instanceof Error ? cause.message : String(cause);
}
