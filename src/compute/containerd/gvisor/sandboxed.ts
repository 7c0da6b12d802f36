import { ComputeError, type ContainerSpec } from "../../backend.ts";
import type { OciDocument } from "../spec/spec.ts";

/** As containerd's CRI service has them, which is where runsc looks. */
const CONTAINER_TYPE = "io.kubernetes.cri.container-type";
const SANDBOX_ID = "io.kubernetes.cri.sandbox-id";

/** Makes a container gVisor's sandbox of a task: the others of the task run in it. */
export function asSandbox<Document extends Pick<OciDocument, "annotations">>(spec: Document, id: string): Document {
  return { ...spec, annotations: { ...spec.annotations, [CONTAINER_TYPE]: "sandbox", [SANDBOX_ID]: id } };
}

/**
 * Puts a container into a sandbox. Its processes are the sandbox's own affair: the host limits the sandbox as a whole.
 * A shared PID namespace is the one of the sandbox's first process.
 */
export function inSandbox(spec: OciDocument, sandboxId: string, sharedPids: boolean): OciDocument {
  const { cgroupsPath: _, resources: __, ...linux } = spec.linux;
  return {
    ...spec,
    annotations: { ...spec.annotations, [CONTAINER_TYPE]: "container", [SANDBOX_ID]: sandboxId },
    // gVisor cannot make it a second time for a container that is restarted; it holds nothing of the task's limits.
    mounts: spec.mounts.filter(({ type }) => type !== "cgroup"),
    linux: { ...linux, namespaces: linux.namespaces.filter(({ type }) => !(sharedPids && type === "pid")) },
  };
}

/** @throws ComputeError `CannotCreateContainerError` for what a container in a sandbox cannot have */
export function refuseInSandbox({ sysctls = {} }: Pick<ContainerSpec, "sysctls">): void {
  const foreign = Object.keys(sysctls).find((name) => !name.startsWith("net."));
  if (foreign !== undefined) throw cannotCreate(`gVisor does not have the kernel parameter ${foreign}`);
}

function cannotCreate(message: string): ComputeError {
  return new ComputeError("CannotCreateContainerError", message);
}
