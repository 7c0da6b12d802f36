import { expect, test } from "vitest";
import { imageMiB, vaultOf } from "./format.ts";

const GIB = 1024;
const key = async () => Buffer.alloc(64);

test.each(
  [1, 100, 16_384].flatMap((sizeGiB) => (["xfs", "ext4", "ext3"] as const).map((each) => [sizeGiB, each] as const)),
)(
  "a vault has room for the whole file of a disk of %i GiB, %s, and is a file that hosts can have",
  (sizeGiB, fileSystem) => {
    const disk = { id: "a", sizeMiB: sizeGiB * GIB, fileSystem, lasting: true, key };
    const vault = vaultOf(disk);
    expect(vault.sizeMiB).toBeGreaterThan(imageMiB(disk));
    expect(imageMiB(vault)).toBeGreaterThan(vault.sizeMiB + vault.sizeMiB / 64 + 64);
    expect(imageMiB(vault)).toBeLessThan(16 * GIB * GIB);
  },
);
