import { mkdirSync, readdirSync, rmdirSync, statSync, writeFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Mount as RuntimeMount } from "../../../../generated/containerd/types/mount_pb.ts";
import { errnoOf } from "../../../base/errors.ts";
import type { Mount, UserNamespace } from "../../backend.ts";
import { layerFolders } from "../image-views.ts";
import { mountMapped, mountPlaces, unmountAll } from "./kernel.ts";

const FUSE_MAGIC = 0x65735546;
const LAYERS = "layers";

/**
 * What a container in a user namespace sees of the host's disks, with its owners as they are on the disk: shown in places
 * of its own while the container is made, which takes copies of the mounts, and no longer.
 */
export class MappedMounts {
  private readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  }

  /** The mounts of a container, from where {@link show} will show them. */
  async planned(containerId: string, mounts: readonly Mount[]): Promise<Mount[]> {
    const places = mounts.map(async (mount, index) =>
      (await isMappable(mount.source)) ? { ...mount, source: this.place(containerId, String(index)) } : mount,
    );
    return await Promise.all(places);
  }

  /**
   * Shows all that a container is made from with the ids of its namespace.
   * @param rootfs what the runtime is to mount
   * @returns the same, from the places where its layers are shown now
   */
  async show(
    { id, mounts }: { id: string; mounts: readonly Mount[] },
    { path }: UserNamespace,
    rootfs: readonly RuntimeMount[],
  ): Promise<RuntimeMount[]> {
    this.remove(id);
    mkdirSync(join(this.folder, id));
    mountPlaces(join(this.folder, id)); // all places go with it at once: each unmount takes milliseconds
    const planned = await this.planned(id, mounts);
    for (const [index, { source }] of mounts.entries())
      if (planned[index]!.source !== source) this.mount(source, planned[index]!.source, path);
    return rootfs.map((mount) => this.withShownLayers(id, path, mount));
  }

  /** Takes the places away: what has copied their mounts goes on. */
  remove(containerId: string): void {
    const folder = join(this.folder, containerId);
    unmountAll(folder);
    removeFolder(folder);
  }

  /** Takes away what a killed engine left. */
  removeAll(): void {
    for (const containerId of readdirSync(this.folder)) this.remove(containerId);
  }

  /** An overlay whose layers are shown; they lie in one folder, which is shown once. */
  private withShownLayers(containerId: string, userNamespace: string, mount: RuntimeMount): RuntimeMount {
    if (mount.type !== "overlay") return mount;
    const layers = layerFolders(mount);
    const folder = dirname(dirname(layers[0]!));
    const { dev } = statSync(folder);
    for (const layer of layers)
      if (statSync(layer).dev !== dev) throw new Error(`${layer} is a file system of its own, which is not shown`);
    const place = this.place(containerId, LAYERS);
    this.mount(folder, place, userNamespace);
    const shown = layers.map((path) => join(place, path.slice(folder.length + 1))).join(":");
    const others = mount.options.filter((option) => !option.startsWith("lowerdir="));
    return { ...mount, options: [...others, `lowerdir=${shown}`] };
  }

  private mount(source: string, place: string, userNamespace: string): void {
    if (statSync(source).isDirectory()) mkdirSync(place);
    else writeFileSync(place, "");
    mountMapped(source, place, userNamespace);
  }

  private place(containerId: string, name: string): string {
    return join(this.folder, containerId, name);
  }
}

/** Whether the kernel can show it with other ids: not a file system in user space, which sees to that itself. */
async function isMappable(source: string): Promise<boolean> {
  return (await statfs(source)).type !== FUSE_MAGIC;
}

/** Never what is in it: were something mounted there, it would be a disk's content. */
function removeFolder(path: string): void {
  try {
    rmdirSync(path);
  } catch (cause) {
    if (errnoOf(cause) !== "ENOENT") throw cause;
  }
}
