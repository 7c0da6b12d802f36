import { ComputeError, type UserNamespace } from "../../backend.ts";
import type { OciDocument } from "../spec/spec.ts";
import type { OciUser } from "../spec/user.ts";
import { IDS_PER_TASK } from "./id-ranges.ts";

/** Puts a container's processes into a user namespace: its other namespaces are then that one's, and it has no power outside. */
export function inUserNamespace<Document extends { linux: OciDocument["linux"] }>(
  document: Document,
  { path, firstId }: UserNamespace,
): Document {
  // The runtime wants to be told the ids, although the namespace has them.
  const mappings = [{ containerID: 0, hostID: firstId, size: IDS_PER_TASK }];
  const namespaces = [{ type: "user", path }, ...document.linux.namespaces];
  return { ...document, linux: { ...document.linux, namespaces, uidMappings: mappings, gidMappings: mappings } };
}

/** @throws ComputeError `CannotCreateContainerError` for a user that a user namespace does not have */
export function requireMappedUser({ uid, gid, additionalGids }: OciUser): void {
  const id = [uid, gid, ...additionalGids].find((each) => each >= IDS_PER_TASK);
  if (id === undefined) return;
  throw new ComputeError(
    "CannotCreateContainerError",
    `the user or group ${id} is not among the ${IDS_PER_TASK} of a task's user namespace; with --user-namespaces off a task has all`,
  );
}
