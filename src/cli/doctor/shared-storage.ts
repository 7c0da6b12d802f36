import { messageOf } from "../../base/errors.ts";
import { parseNfsExport } from "../../base/nfs-export.ts";
import type { Config } from "../../config.ts";
import { probeNfs } from "../../storage/shared/nfs-probe.ts";
import type { Finding } from "./check.ts";

/** Whether EFS file systems can be kept on the NFS server that was chosen, by mounting it; nothing without one. Needs root. */
export async function checkSharedStorage({ efsNfs }: Pick<Config, "efsNfs">): Promise<Finding[]> {
  if (efsNfs === undefined) return [];
  const name = "EFS on NFS";
  try {
    await probeNfs(parseNfsExport(efsNfs)!);
    return [{ name, status: "ok", detail: `${efsNfs} can be used` }];
  } catch (cause) {
    return [{ name, status: "fail", detail: messageOf(cause), fix: "see docs/efs.md, On an NFS server" }];
  }
}
