import type { Clock } from "../../base/clock.ts";
import { ComputeError, type ComputeBackend } from "../../compute/backend.ts";
import { formatImageReference, parseImageReference } from "../../registry/reference.ts";
import { ExecutionRoleError, NO_ROLE, type ExecutionRole } from "../ports.ts";
import type { TaskSecrets } from "../secrets/task-secrets.ts";
import { definitionOf, ephemeralStorageGiB, type TaskRecord } from "../task-record.ts";
import { TaskStartError, type TaskHook } from "./hook.ts";

export interface ImagesHookParts {
  compute: ComputeBackend;
  /** May pull from the engine's own registry, or may not. */
  role: ExecutionRole;
  /** Has the logins of other registries. */
  secrets: TaskSecrets;
  clock: Clock;
}

/** Makes the images of all containers present, side by side. What a container does not name itself is left alone. */
export function imagesHook({ compute, role, secrets, clock }: ImagesHookParts): TaskHook {
  const pull = async (task: TaskRecord, index: number, signal: AbortSignal) => {
    const container = task.containers[index]!;
    if (container.image && container.phase !== "NONE") return container;
    const reference = definitionOf(task, container).image!;
    try {
      await role.authorizeImage(task, reference);
      const login = secrets.loginOf(task.taskId, container.name);
      // The digest that was resolved first stays, also when the launch is taken up again after a crash.
      const image = await compute.pull({
        reference: pinned(reference, container.image?.digest ?? container.pinnedDigest),
        scope: task.scope,
        ...(login ? { login } : {}),
        signal,
        // What the image takes unpacked counts against the task's storage, as on Fargate.
        maxBytes: ephemeralStorageGiB(task) * 1024 ** 3,
      });
      return { ...container, image };
    } catch (cause) {
      if (cause instanceof ComputeError) throw new TaskStartError(`${cause.name}: ${cause.message}`, container.name);
      if (cause instanceof ExecutionRoleError) throw new TaskStartError(refusal(reference, cause), container.name);
      throw cause;
    }
  };
  return {
    name: "images",
    async prepare(task, signal) {
      const pullStartedAt = task.pullStartedAt ?? new Date(clock.now());
      const containers = await Promise.all(task.containers.map((_, index) => pull(task, index, signal)));
      secrets.forgetLogins(task.taskId);
      return { containers, pullStartedAt, pullStoppedAt: new Date(clock.now()) };
    },
    async teardown() {},
  };
}

/** `name:tag` as `name@digest`. */
function pinned(reference: string, digest: string | undefined): string {
  if (digest === undefined || reference.includes("@")) return reference;
  const tag = reference.lastIndexOf(":");
  return `${tag > reference.lastIndexOf("/") ? reference.slice(0, tag) : reference}@${digest}`;
}

/** What a registry's refusal comes to. ECR names the action that is not allowed only where it answers with a body. */
function refusal(image: string, { code, message }: ExecutionRoleError): string {
  const reference = parseImageReference(image);
  const { registry, repository, tag, digest } = reference;
  const url = `https://${registry}/v2/${repository}/manifests/${digest ?? tag}`;
  const reason =
    code === NO_ROLE
      ? "pull access denied, repository does not exist or may require authorization: authorization failed: no basic auth credentials"
      : `unexpected status from HEAD request to ${url}: 403 Forbidden: ${message}`;
  return `CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref ${formatImageReference(reference)}: ${reason}`;
}
