import { randomUUID } from "node:crypto";
import { mkdir, readdir, rmdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Mount } from "../../../generated/containerd/types/mount_pb.ts";
import { run } from "../../base/command.ts";
import { snapshotterOf, unlessNotFound, type ContainerdClient, type Snapshotter } from "./client.ts";

const VIEW_PREFIX = "neargate-view-";

/** Images, mounted for a moment to look into them. */
export class ImageViews {
  private readonly client: ContainerdClient;
  private readonly folder: string;
  private readonly snapshotters: readonly Snapshotter[];

  /** Images are mounted below `folder`. */
  constructor(client: ContainerdClient, folder: string, snapshotters: readonly Snapshotter[]) {
    this.client = client;
    this.snapshotters = snapshotters;
    this.folder = folder;
  }

  /** Runs `work` with the folder where the image that is unpacked as `chainId` is mounted, read-only. */
  async look<T>(chainId: string, work: (root: string) => Promise<T>): Promise<T> {
    const name = `${VIEW_PREFIX}${randomUUID()}`;
    const mountPoint = join(this.folder, name);
    await mkdir(mountPoint, { recursive: true, mode: 0o700 });
    try {
      const labels = { "containerd.io/gc.root": "neargate" };
      const { mounts } = await this.client.snapshots.view({
        snapshotter: snapshotterOf(chainId),
        key: name,
        parent: chainId,
        labels,
      });
      await mountReadOnly(mounts[0]!, mountPoint);
      return await work(mountPoint);
    } finally {
      await this.remove(name);
    }
  }

  /** Unmounts and removes what a process left that died while it looked. */
  async removeStale(): Promise<void> {
    const names = new Set(await readdir(this.folder).catch(() => []));
    // After a reboot of the host the folders are gone, but not the views.
    for (const snapshotter of this.snapshotters) {
      const views = this.client.snapshots.list({ snapshotter, filters: [`name~="^${VIEW_PREFIX}"`] });
      for await (const { info } of views) for (const { name } of info) names.add(name);
    }
    for (const name of names) await this.remove(name);
  }

  private async remove(name: string): Promise<void> {
    const mountPoint = join(this.folder, name);
    await run("umount", ["-l", mountPoint]).catch(() => {}); // not mounted
    await rmdir(mountPoint).catch(() => {});
    for (const snapshotter of this.snapshotters)
      await unlessNotFound(this.client.snapshots.remove({ snapshotter, key: name }));
  }
}

/** The folders of a snapshot's layers, the topmost first. */
export function layerFolders(mount: Mount): string[] {
  if (mount.type !== "overlay") return [mount.source];
  return mount.options
    .find((option) => option.startsWith("lowerdir="))!
    .slice("lowerdir=".length)
    .split(":");
}

/** The folder that a snapshot is written to. */
export function upperFolder(mount: Mount): string {
  const option = mount.options.find((each) => each.startsWith("upperdir="));
  return option === undefined ? mount.source : option.slice("upperdir=".length);
}

/**
 * Mounts a snapshot's view. The kernel takes at most a page of options, so the layers are named relative to their
 * common folder.
 */
async function mountReadOnly(mount: Mount, mountPoint: string): Promise<void> {
  const layers = layerFolders(mount);
  if (mount.type !== "overlay") {
    await run("mount", ["--bind", "-o", "ro", layers[0]!, mountPoint]);
    return;
  }
  const cwd = dirname(dirname(layers[0]!));
  const relative = layers.map((path) => path.slice(cwd.length + 1)).join(":");
  await run("mount", ["-t", "overlay", "-o", `ro,lowerdir=${relative}`, "overlay", mountPoint], { cwd });
}
