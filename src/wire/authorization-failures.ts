import type { AccessDenied } from "../identity/authorization.ts";
import type { Principal } from "../identity/principal.ts";

/** What encrypts and authenticates: the engine's keyring. */
export interface Sealer {
  seal(purpose: string, plain: Uint8Array, context: string): Buffer;
  /** @throws Error for what was not sealed by it, with that purpose and context */
  open(purpose: string, sealed: Uint8Array, context: string): Buffer;
}

const PURPOSE = "authorization-failure";

/**
 * The details of refused requests as EC2 hands them out: only who may call DecodeAuthorizationMessage can read them,
 * https://docs.aws.amazon.com/STS/latest/APIReference/API_DecodeAuthorizationMessage.html
 */
export class AuthorizationFailures {
  private readonly sealer: Sealer;

  constructor(sealer: Sealer) {
    this.sealer = sealer;
  }

  encode(denied: AccessDenied): string {
    const { principal } = denied.caller;
    const plain = Buffer.from(JSON.stringify(detailsOf(denied)));
    return this.sealer.seal(PURPOSE, plain, principal.accountId).toString("base64url");
  }

  /**
   * The document that {@link encode} hid.
   * @param account whose messages may be read
   * @returns undefined for what is no message of ours to that account
   */
  decode(message: string, account: string): string | undefined {
    try {
      return this.sealer.open(PURPOSE, Buffer.from(message, "base64url"), account).toString("utf8");
    } catch {
      return undefined;
    }
  }
}

/** As AWS writes it; lists are in `items`. */
function detailsOf({ caller: { principal }, action, resource, reason }: AccessDenied): object {
  return {
    allowed: false,
    explicitDeny: reason.kind === "explicit",
    matchedStatements: { items: [] },
    failures: { items: [] },
    context: {
      principal: { id: principal.userId, name: nameOf(principal), arn: principal.arn },
      action,
      resource,
      conditions: { items: [] },
    },
  };
}

function nameOf(principal: Principal): string {
  switch (principal.type) {
    case "User":
      return principal.userName;
    case "AssumedRole":
      return principal.roleName;
    default:
      return principal.accountId;
  }
}
