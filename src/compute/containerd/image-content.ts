import { run } from "../../base/command.ts";
import type { ImageViews } from "./image-views.ts";
import { resolveInRoot } from "./in-root.ts";

/** Copying what a volume can hold takes its time. */
const COPY_TIMEOUT_MS = 600_000;

/**
 * Copies a folder of the image that is unpacked as `chainId` into `target`, which exists and is empty, with owners,
 * modes and links as they are, also of the folder itself.
 * @returns whether the image has such a folder
 */
export async function copyFromImage(
  views: ImageViews,
  chainId: string,
  path: string,
  target: string,
): Promise<boolean> {
  if (chainId === "") return false;
  return await views.look(chainId, async (root) => {
    const source = await resolveInRoot(root, path, "folder");
    if (source === undefined) return false;
    await run("cp", ["--archive", "--no-target-directory", source, target], {
      timeoutMs: COPY_TIMEOUT_MS,
      env: { ...process.env, LC_ALL: "C" }, // what it says is looked at
    });
    return true;
  });
}
