import type { Scope } from "../../base/scope.ts";
import { DuplicateError } from "../../store/collection.ts";
import type { Iam } from "./iam.ts";
import { iamKey } from "./store.ts";
import type { AccountRecord } from "./user-records.ts";

const ID = "account";

/** What there is of an account itself; it begins when it is first asked for. */
export async function accountOf(iam: Iam, scope: Pick<Scope, "account">): Promise<AccountRecord> {
  const { accounts } = iam.records;
  const found = await accounts.get(iamKey(scope), ID);
  if (found) return found;
  const made = { createdAt: iam.now() };
  try {
    await accounts.insert(iamKey(scope), ID, made);
    return made;
  } catch (cause) {
    if (!(cause instanceof DuplicateError)) throw cause;
    return (await accounts.get(iamKey(scope), ID))!; // somebody else was first
  }
}

/** Changes what there is of an account. @throws what `change` throws */
export async function changeAccount(
  iam: Iam,
  scope: Pick<Scope, "account">,
  change: (now: AccountRecord) => AccountRecord,
): Promise<void> {
  await accountOf(iam, scope);
  await iam.records.accounts.update(iamKey(scope), ID, change);
}
