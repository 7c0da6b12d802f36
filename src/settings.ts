import { isIP } from "node:net";
import { isAbsolute } from "node:path";
import { z } from "zod";
import { parseNfsExport } from "./base/nfs-export.ts";
import { ISOLATION_TIERS, USER_NAMESPACES, type ProviderIsolation } from "./base/isolation.ts";

/** One thing that can be set: by its flag, the variable `NEARGATE_<NAME>`, or a member of a configuration file. */
interface Setting<Schema extends z.ZodType> {
  /** As commander wants it. */
  flag: string;
  help: string;
  /** Reads text (flags, environment) as well as JSON (files). Its message completes "--flag must be …". */
  schema: Schema;
}

function setting<Schema extends z.ZodType>(flag: string, help: string, schema: Schema): Setting<Schema> {
  return { flag, help, schema };
}

/** A schema whose every failure reads "must be `description`". */
function text(description: string, accepts: (value: string) => boolean) {
  return z.string({ error: description }).refine(accepts, { error: description });
}

function oneOf<const Values extends readonly string[]>(values: Values) {
  return z.enum(values, { error: values.join(" or ") });
}

function onOff(description: string) {
  return z.union(
    [
      z.boolean(),
      z.stringbool({ truthy: ["on", "true", "yes", "1"], falsy: ["off", "false", "no", "0"], case: "insensitive" }),
    ],
    { error: description },
  );
}

const PROVIDER_TIER = new RegExp(`^(FARGATE|FARGATE_SPOT)=(${ISOLATION_TIERS.join("|")})$`);

function commaSeparated(value: unknown): unknown {
  return typeof value === "string" ? value.split(",").map((item) => item.trim()) : value;
}

/** Every setting there is. */
export const SETTINGS = {
  data: setting(
    "--data <folder>",
    "where all state lives; one engine per folder",
    text("a folder", (v) => v !== ""),
  ),
  port: setting(
    "--port <number>",
    "port of every API on 127.0.0.1 and ::1 (default 4566; 0 takes a free one)",
    z.coerce
      .number({ error: "a number from 0 to 65535" })
      .int({ error: "a number from 0 to 65535" })
      .min(0, { error: "a number from 0 to 65535" })
      .max(65_535, { error: "a number from 0 to 65535" }),
  ),
  account: setting(
    "--account <id>",
    "AWS account id (default 000000000000)",
    text("twelve digits", (v) => /^\d{12}$/.test(v)),
  ),
  region: setting(
    "--region <name>",
    "AWS Region that is shown and configured (default us-east-1); requests may name any",
    text("a Region name such as us-east-1", (v) => /^[a-z][a-z0-9-]{1,62}$/.test(v)),
  ),
  compute: setting(
    "--compute <kind>",
    "containerd runs tasks, simulated only pretends, without root (default containerd)",
    oneOf(["containerd", "simulated"]),
  ),
  simulatedScript: setting(
    "--simulated-script <path>",
    "a JSON file that says what simulated containers do, by image (default: the image's tag says it)",
    text("an absolute path", isAbsolute),
  ),
  isolation: setting(
    "--isolation <tier>",
    "what stands between tasks and this machine: runc, or gvisor, a kernel of its own for each task (default runc)",
    oneOf(ISOLATION_TIERS),
  ),
  providerIsolation: setting(
    "--provider-isolation <provider=tier>",
    "another tier for a capacity provider's tasks, such as FARGATE_SPOT=gvisor; comma-separated (default: none)",
    z.preprocess(
      commaSeparated,
      z.array(
        z.custom<ProviderIsolation>((entry) => PROVIDER_TIER.test(String(entry)), {
          error: "FARGATE or FARGATE_SPOT, = and runc or gvisor, comma-separated",
        }),
        { error: "a list" },
      ),
    ),
  ),
  userNamespaces: setting(
    "--user-namespaces <auto|on|off>",
    "whether root in new tasks of the tier runc is nobody on this machine; auto: where the kernel can (default auto)",
    oneOf(USER_NAMESPACES),
  ),
  encryptStorage: setting(
    "--encrypt-storage <on|off>",
    "whether the ephemeral storage of new tasks is encrypted, under keys that end with them (default off)",
    onOff("on or off"),
  ),
  lazyImages: setting(
    "--lazy-images <on|off>",
    "whether images in eStargz form are mounted from their registries, not fetched as a whole first (default off)",
    onOff("on or off"),
  ),
  auth: setting(
    "--auth <on|off>",
    "whether signatures and policies are checked; off: everybody may do everything (default on)",
    onOff("on or off"),
  ),
  throttling: setting(
    "--throttling <on|off>",
    "whether more requests and launches than AWS allows an account are refused as AWS does (default off)",
    onOff("on or off"),
  ),
  ephemeral: setting(
    "--ephemeral",
    "stop every task and forget all state at exit; enables POST /_neargate/reset",
    onOff("true or false"),
  ),
  publicPool: setting(
    "--public-pool <cidr>",
    "addresses given to tasks with a public IP (default: a free range)",
    text("an IPv4 range such as 100.64.0.0/24, /8 to /29, without host bits", isPool),
  ),
  dnsUpstream: setting(
    "--dns-upstream <addresses>",
    "name servers that tasks' queries are forwarded to, comma-separated (default: the host's)",
    z.preprocess(
      commaSeparated,
      z
        .array(text("IP addresses, comma-separated, each with @port if need be", isNameServer), {
          error: "IP addresses, comma-separated, each with @port if need be",
        })
        .min(1, { error: "at least one IP address" }),
    ),
  ),
  efsNfs: setting(
    "--efs-nfs <export>",
    "keep EFS file systems on an NFS server, HOST:/FOLDER[,mount options] (default: in the data folder)",
    text("an export such as 10.0.0.5:/efs, with mount options after commas", (v) => parseNfsExport(v) !== undefined),
  ),
  containerdSocket: setting(
    "--containerd-socket <path>",
    "use the containerd that listens here (default: an own instance)",
    text("an absolute path", isAbsolute),
  ),
  imageCache: setting(
    "--image-cache <gib>",
    "how much disk images may take that no task uses, GiB; those used longest ago go (default 20)",
    z.coerce.number({ error: "a number of GiB from 0" }).min(0, { error: "a number of GiB from 0" }),
  ),
  masterKeyFile: setting(
    "--master-key-file <path>",
    "the file of the key that seals all secrets of the data folder (default: one is made in /etc/neargate/keys)",
    text("an absolute path", isAbsolute),
  ),
  masterKeyCommand: setting(
    "--master-key-command <command>",
    "a program that prints that key, in base 64 or hexadecimal: words without a shell, or a JSON list of them",
    z.preprocess(
      (value) => (typeof value === "string" ? commandWords(value) : value),
      z.array(z.string({ error: "a command" }), { error: "a command" }).min(1, { error: "a command" }),
    ),
  ),
  masterKeyPkcs11: setting(
    "--master-key-pkcs11 <uri>",
    "a token's AES key that wraps that key: pkcs11:token=…;object=…?module-path=…&pin-source=…",
    text("a pkcs11: URI", (v) => v.startsWith("pkcs11:")),
  ),
  logLevel: setting(
    "--log-level <level>",
    "trace, debug, info, warn, error or silent (default info)",
    oneOf(["trace", "debug", "info", "warn", "error", "silent"]),
  ),
};

export type SettingName = keyof typeof SETTINGS;
export const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[];

/** The values that were chosen; what is absent has its default. */
export type Settings = { [Name in SettingName]?: z.output<(typeof SETTINGS)[Name]["schema"]> };

/** `publicPool` → `public-pool`. */
function words(name: SettingName, separator: string): string {
  return name.replace(/[A-Z]/g, (letter) => separator + letter.toLowerCase());
}

/** The variable of a setting: `NEARGATE_PUBLIC_POOL`. */
export function variableOf(name: SettingName): string {
  return `NEARGATE_${words(name, "_").toUpperCase()}`;
}

/** The flag of a setting, without its value: `--public-pool`. */
export function flagOf(name: SettingName): string {
  return `--${words(name, "-")}`;
}

/** `["program","an argument"]`, or words with spaces between. */
function commandWords(value: string): unknown {
  if (!value.startsWith("[")) return value.split(/\s+/).filter(Boolean);
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

function isPool(value: string): boolean {
  const [address = "", prefix = "", ...rest] = value.split("/");
  if (isIP(address) !== 4 || !/^\d{1,2}$/.test(prefix) || rest.length > 0) return false;
  const length = Number(prefix);
  const number = address.split(".").reduce((sum, octet) => sum * 256 + Number(octet), 0);
  return length >= 8 && length <= 29 && number % 2 ** (32 - length) === 0;
}

function isNameServer(value: string): boolean {
  const [address = "", port, ...rest] = value.split("@");
  return isIP(address) !== 0 && (port === undefined || /^\d{1,5}$/.test(port)) && rest.length === 0;
}
