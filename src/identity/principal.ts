/** Who signed a request. */
export interface Principal {
  accountId: string;
  /** `arn:aws:iam::000000000000:root`. */
  arn: string;
  /** What STS calls `UserId`: for the root user, the account id. */
  userId: string;
  accessKeyId: string;
}

/** The account's root user, as which every key of this engine acts. */
export function rootPrincipal(accountId: string, accessKeyId: string): Principal {
  return { accountId, arn: `arn:aws:iam::${accountId}:root`, userId: accountId, accessKeyId };
}
