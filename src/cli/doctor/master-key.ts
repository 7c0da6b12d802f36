import { errnoOf } from "../../base/errors.ts";
import type { Config } from "../../config.ts";
import { MasterKeyError } from "../../keyring/master-key.ts";
import { examineMasterKey } from "../../keyring/open-keyring.ts";
import type { Finding } from "./check.ts";

/** Which key seals the secrets of the data folder, and whether it does. */
export async function checkMasterKey(config: Config): Promise<Finding> {
  const name = "master key";
  try {
    const facts = await examineMasterKey(config);
    if (facts) return { name, status: "ok", detail: `${facts.id} (${facts.provider}: ${facts.place})` };
    const { masterKey, keysFolder } = config;
    const detail =
      masterKey.kind === "own" ? `the first start makes it in ${keysFolder}` : `${masterKey.kind}, not in use yet`;
    return { name, status: "ok", detail };
  } catch (cause) {
    if (errnoOf(cause) === "EACCES")
      return { name, status: "warn", detail: "only root can look", fix: "run with sudo" };
    if (!(cause instanceof MasterKeyError)) throw cause;
    const [detail = "", fix] = cause.message.split(/: (?=name|put|chmod)/);
    return { name, status: "fail", detail, ...(fix === undefined ? {} : { fix }) };
  }
}
