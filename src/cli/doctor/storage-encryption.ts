import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { messageOf } from "../../base/errors.ts";
import type { Config } from "../../config.ts";
import { LoopDisks } from "../../storage/loop-disks.ts";
import type { Finding } from "./check.ts";

/** Whether tasks' storage can be encrypted here, by writing to an encrypted disk. Needs root. */
export async function checkStorageEncryption({ encryptStorage }: Pick<Config, "encryptStorage">): Promise<Finding> {
  const name = "encryption of storage";
  const folder = await mkdtemp(join(tmpdir(), "neargate-doctor-"));
  try {
    await new LoopDisks(folder, { encrypted: true }).start();
    return { name, status: "ok", detail: `works: ${encryptStorage ? "" : "not "}chosen for new tasks` };
  } catch (cause) {
    const detail = messageOf(cause);
    // Not an offence to lack what was not asked for.
    return encryptStorage
      ? { name, status: "fail", detail, fix: "choose --encrypt-storage off" }
      : { name, status: "ok", detail };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
