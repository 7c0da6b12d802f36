import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { NfsShare } from "./nfs-share.ts";
import { LocalPlace } from "./place.ts";

/* What is refused before anything is mounted; the rest is in test/system/efs-nfs.test.ts. */

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "neargate-share-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("file systems of the data folder are not forgotten for those of an export", async () => {
  const localFolder = join(folder, "efs");
  mkdirSync(join(localFolder, "000000000000/us-east-1/fs-1"), { recursive: true });
  const files = { marker: join(folder, "marker"), localFolder, mountPoint: join(folder, "mount") };
  const share = new NfsShare({ host: "127.0.0.1", path: "/", options: [] }, files);
  await expect(share.start()).rejects.toThrow(
    `this engine has file systems in ${localFolder}: delete them before file systems are kept on an NFS export`,
  );
});

test("nor the other way round", async () => {
  const place = new LocalPlace({ folder: join(folder, "efs"), marker: join(folder, "marker") });
  await place.start();
  writeFileSync(join(folder, "marker"), '{"folder":"neargate-1"}');
  await expect(place.start()).rejects.toThrow("in its folder neargate-1: name it with --efs-nfs");
});
