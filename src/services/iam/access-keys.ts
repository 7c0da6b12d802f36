import { randomBytes } from "node:crypto";
import type { AccessKeyMetadata } from "@aws-sdk/client-iam";
import type { Scope } from "../../base/scope.ts";
import { base32 } from "../../identity/base32.ts";
import type { RequestContext } from "../../wire/context.ts";
import { accountOf } from "./account.ts";
import { accessKeyNotFound, rootKeyStays } from "./errors.ts";
import type { Iam } from "./iam.ts";
import { iamKey } from "./store.ts";
import type { AccessKeyRecord } from "./user-records.ts";
import { userNameOf } from "./users.ts";

const PURPOSE = "access-key";

/**
 * The user whose keys a request changes: the caller where it names none.
 * @throws AwsError ValidationError, InvalidInput for the root user, who has one key
 */
export function keyOwner(name: string | undefined, context: Pick<RequestContext, "principal">): string {
  if (name === undefined && context.principal.type === "Root") throw rootKeyStays();
  return userNameOf(name, context);
}

/** The root user's key, as lists show it. */
export async function rootKeyView(iam: Iam, scope: Pick<Scope, "account">): Promise<AccessKeyMetadata> {
  const { accessKeyId, createdAt } = iam.rootKey();
  const since = createdAt === undefined ? (await accountOf(iam, scope)).createdAt : new Date(createdAt);
  return { AccessKeyId: accessKeyId, Status: "Active", CreateDate: since };
}

/** A new key of a user, which is stored nowhere yet, and its secret, which is in no other place. */
export function makeAccessKey(iam: Iam, userId: string): { record: AccessKeyRecord; secretAccessKey: string } {
  const accessKeyId = `AKIA${base32(randomBytes(16), 16)}`;
  const secretAccessKey = randomBytes(30).toString("base64");
  const sealedSecret = iam.keyring.seal(PURPOSE, Buffer.from(secretAccessKey), accessKeyId).toString("base64");
  return { record: { accessKeyId, userId, status: "Active", createdAt: iam.now(), sealedSecret }, secretAccessKey };
}

/** @throws SealError when it was sealed by another engine */
export function secretOf(iam: Iam, { accessKeyId, sealedSecret }: AccessKeyRecord): string {
  return iam.keyring.open(PURPOSE, Buffer.from(sealedSecret, "base64"), accessKeyId).toString();
}

/** The keys of a user, the oldest first. */
export async function accessKeysOf(
  iam: Iam,
  scope: Pick<Scope, "account">,
  userId: string,
): Promise<AccessKeyRecord[]> {
  const keys = await iam.records.accessKeys.list(iamKey(scope), { where: { userId } });
  return keys.toSorted((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
}

/** @throws AwsError NoSuchEntity when there is no such key, or it is another user's */
export async function accessKeyOf(
  iam: Iam,
  scope: Pick<Scope, "account">,
  userId: string,
  accessKeyId: string,
): Promise<AccessKeyRecord> {
  const found = await iam.records.accessKeys.get(iamKey(scope), accessKeyId);
  if (found?.userId !== userId) throw accessKeyNotFound(accessKeyId);
  return found;
}
