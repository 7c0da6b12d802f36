import type { Principal } from "../principal.ts";

/** Who asks: somebody with keys of this engine, or an outsider that a resource's policy alone can let in. */
export type Subject = Principal | ServiceSubject | FederatedSubject;

/** An AWS service that acts for itself, such as one that takes on a role. */
export interface ServiceSubject {
  type: "Service";
  /** `ecs-tasks.amazonaws.com` */
  name: string;
}

/** Somebody whom an identity provider vouches for. */
export interface FederatedSubject {
  type: "Federated";
  /** As policies name it: `arn:aws:iam::000000000000:oidc-provider/HOST`, or one that AWS knows, such as `accounts.google.com`. */
  provider: string;
}

/** Identity providers that AWS knows by their names; all others are resources of an account. */
export const KNOWN_PROVIDERS: ReadonlySet<string> = new Set([
  "accounts.google.com",
  "cognito-identity.amazonaws.com",
  "graph.facebook.com",
  "www.amazon.com",
]);

/**
 * How a resource's policy names a subject. `direct`: itself, or anybody. `role`: the role of a session, whose boundary and
 * session policies still hold. `account`: its account, which leaves it to the account's own policies.
 */
export type Naming = "direct" | "role" | "account";
