import type { EFSVolumeConfiguration } from "@aws-sdk/client-ecs";
import { expect, test } from "vitest";
import { usesEfsAuthorization, validateEfsVolume, withRootDirectory } from "./efs-volume.ts";

const fileSystemId = "fs-01234567";
const accessPointId = "fsap-0123456789abcdef0";
const tls = { transitEncryption: "ENABLED" as const };
type Case = Partial<EFSVolumeConfiguration>;

test.each<Case>([
  {},
  { fileSystemId: "fs-0123456789abcdef0" },
  { rootDirectory: "/a/b" },
  { ...tls, transitEncryptionPort: 2999 },
  { ...tls, authorizationConfig: { accessPointId } },
  { ...tls, authorizationConfig: { accessPointId, iam: "ENABLED" }, rootDirectory: "/" },
  { ...tls, authorizationConfig: { iam: "ENABLED" }, rootDirectory: "/a" },
  { authorizationConfig: { iam: "DISABLED" } },
])("%j is taken", (given) => {
  expect(() => validateEfsVolume("v", { fileSystemId, ...given })).not.toThrow();
});

test.each<[Case, string]>([
  [{ fileSystemId: "fs-1" }, "Invalid EFS file system ID 'fs-1'"],
  [{ ...tls, authorizationConfig: { accessPointId: "fsap-1" } }, "Invalid EFS access point ID 'fsap-1'"],
  [{ ...tls, authorizationConfig: { accessPointId }, rootDirectory: "/a" }, "When using an EFS access point"],
  [{ authorizationConfig: { accessPointId } }, "Transit encryption must be enabled"],
  [{ authorizationConfig: { iam: "ENABLED" } }, "Transit encryption must be enabled"],
  [{ transitEncryptionPort: 2999 }, "Transit encryption must be enabled"],
  [{ ...tls, transitEncryptionPort: 70_000 }, "Invalid transit encryption port '70000'"],
  [{ rootDirectory: "/a/../../b" }, "Invalid root directory"],
])("%j is refused: %s", (given, message) => {
  expect(() => validateEfsVolume("v", { fileSystemId, ...given })).toThrow(message);
});

test("the root directory is the file system's root unless told", () => {
  const volume = { name: "v", efsVolumeConfiguration: { fileSystemId } };
  expect(withRootDirectory(volume).efsVolumeConfiguration).toEqual({ fileSystemId, rootDirectory: "/" });
  expect(withRootDirectory({ name: "v" })).toEqual({ name: "v" });
  expect(usesEfsAuthorization(volume)).toBe(false);
  expect(usesEfsAuthorization({ ...volume, efsVolumeConfiguration: { fileSystemId, ...tls } })).toBe(true);
});
