import type { Scope } from "../../base/scope.ts";
import { accessKeysOf, rootKeyView } from "./access-keys.ts";
import { accountOf } from "./account.ts";
import type { Iam } from "./iam.ts";
import { iamKey } from "./store.ts";
import type { AccessKeyRecord, AccountRecord, LoginProfileRecord, UserRecord } from "./user-records.ts";

/** For so long a report is the latest: https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_getting-report.html */
export const REPORT_MS = 4 * 60 * 60 * 1000;

const DAY_MS = 24 * 60 * 60 * 1000;
const NONE = "N/A";

const KEY_COLUMNS = ["active", "last_rotated", "last_used_date", "last_used_region", "last_used_service"] as const;
const COLUMNS = [
  "user",
  "arn",
  "user_creation_time",
  "password_enabled",
  "password_last_used",
  "password_last_changed",
  "password_next_rotation",
  "mfa_active",
  ...[1, 2].flatMap((number) => KEY_COLUMNS.map((column) => `access_key_${number}_${column}`)),
  "cert_1_active",
  "cert_1_last_rotated",
  "cert_2_active",
  "cert_2_last_rotated",
];

type KeyCells = Record<(typeof KEY_COLUMNS)[number], string>;

const NO_KEY: KeyCells = {
  active: "false",
  last_rotated: NONE,
  last_used_date: NONE,
  last_used_region: NONE,
  last_used_service: NONE,
};
/** No certificates can be uploaded. */
const CERTIFICATES = ["false", NONE, "false", NONE];

/** The account's credential report as it is now: CSV, the root user first and the others by name. */
export async function credentialReport(iam: Iam, scope: Pick<Scope, "account">): Promise<string> {
  const account = await accountOf(iam, scope);
  const rows = [await rootRow(iam, scope, account)];
  for (const user of await iam.records.users.list(iamKey(scope))) rows.push(await userRow(iam, scope, user, account));
  return [COLUMNS, ...rows].map((cells) => cells.map(quoted).join(",")).join("\n");
}

/** The root user has one key, and signs in nowhere. */
async function rootRow(iam: Iam, scope: Pick<Scope, "account">, { createdAt }: AccountRecord): Promise<string[]> {
  const { AccessKeyId, CreateDate } = await rootKeyView(iam, scope);
  const key = { accessKeyId: AccessKeyId!, status: "Active", createdAt: CreateDate! } as const;
  return [
    "<root_account>",
    `arn:aws:iam::${scope.account}:root`,
    timeText(createdAt),
    "not_supported",
    "no_information",
    "not_supported",
    "not_supported",
    "false",
    ...cellsOf(await keyCells(iam, scope, key)),
    ...cellsOf(NO_KEY),
    ...CERTIFICATES,
  ];
}

async function userRow(
  iam: Iam,
  scope: Pick<Scope, "account">,
  user: UserRecord,
  account: AccountRecord,
): Promise<string[]> {
  const login = await iam.records.loginProfiles.get(iamKey(scope), user.id);
  const keys = await accessKeysOf(iam, scope, user.id);
  const [first, second] = await Promise.all(keys.map((key) => keyCells(iam, scope, key)));
  return [
    user.name,
    user.arn,
    timeText(user.createdAt),
    ...passwordCells(login, account.passwordPolicy?.MaxPasswordAge),
    "false",
    ...cellsOf(first ?? NO_KEY),
    ...cellsOf(second ?? NO_KEY),
    ...CERTIFICATES,
  ];
}

/** Whether there is a password, when it was used, changed, and must be changed again. */
function passwordCells(login: LoginProfileRecord | undefined, maxAgeDays: number | undefined): string[] {
  if (!login) return ["false", NONE, NONE, NONE];
  const next = maxAgeDays === undefined ? NONE : timeText(new Date(login.changedAt.getTime() + maxAgeDays * DAY_MS));
  return ["true", "no_information", timeText(login.changedAt), next];
}

async function keyCells(
  iam: Iam,
  scope: Pick<Scope, "account">,
  key: Pick<AccessKeyRecord, "accessKeyId" | "status" | "createdAt">,
): Promise<KeyCells> {
  const use = await iam.lastUses.get(iamKey(scope), key.accessKeyId);
  return {
    ...NO_KEY,
    active: String(key.status === "Active"),
    last_rotated: timeText(key.createdAt),
    ...(use
      ? { last_used_date: timeText(use.at), last_used_region: use.region, last_used_service: use.service ?? NONE }
      : {}),
  };
}

function cellsOf(key: KeyCells): string[] {
  return KEY_COLUMNS.map((column) => key[column]);
}

/** `2026-11-21T17:00:00+00:00` */
function timeText(time: Date): string {
  return time.toISOString().replace(/\.\d+Z$/, "+00:00");
}

/** Names may have commas. */
function quoted(cell: string): string {
  return cell.includes(",") ? `"${cell}"` : cell;
}
