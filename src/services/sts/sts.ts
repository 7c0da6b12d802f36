import type { Clock } from "../../base/clock.ts";
import type { IdentityDirectory } from "../../identity/directory.ts";
import type { Sessions } from "../../identity/sessions.ts";
import type { ProviderKeys } from "./web-identity/provider-keys.ts";

/** An OpenID Connect provider as IAM knows it. */
export interface OidcProvider {
  arn: string;
  /** Without its scheme. */
  url: string;
  clientIds: readonly string[];
  /** SHA-1 of certificates, hexadecimal. */
  thumbprints: readonly string[];
}

/** What STS needs of IAM beside what the front door needs of it. */
export interface StsIdentities extends Pick<IdentityDirectory, "role" | "userKey"> {
  /** @param arn of AWS's own policies, or of the account's */
  managedPolicyExists(account: string, arn: string): Promise<boolean>;
  /** @param issuer its URL, as tokens tell it */
  oidcProvider(account: string, issuer: string): Promise<OidcProvider | undefined>;
}

/** Reads what EC2 says of requests that it refused. */
export interface FailureMessages {
  decode(message: string, account: string): string | undefined;
}

export interface StsOptions {
  sessions: Sessions;
  identities: StsIdentities;
  providerKeys: ProviderKeys;
  failures?: FailureMessages;
  /** The root key in use. */
  rootKey(): { accessKeyId: string; account: string };
  /** False: roles may be taken on that are not there, and web identity tokens are believed. */
  checked: boolean;
  clock: Clock;
}

/** AWS Security Token Service. It stores nothing: a session is in its token. */
export class Sts {
  readonly options: StsOptions;

  constructor(options: StsOptions) {
    this.options = options;
  }

  /** Now, to the second: sessions tell times no finer. */
  now(): number {
    return Math.floor(this.options.clock.now() / 1000) * 1000;
  }
}
