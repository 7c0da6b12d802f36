import { z } from "zod";
import type { Clock } from "../../../base/clock.ts";
import { noVerificationKey } from "../errors.ts";
import type { OidcProvider } from "../sts.ts";
import { fits, type JsonWebToken, type ProviderKey } from "./json-web-token.ts";
import type { FetchDocument } from "./provider-fetch.ts";

/** Keys are asked for again after this time. */
const FRESH_MS = 5 * 60_000;
/** And for the sake of a token with an unknown key no more often than this: anybody may send such tokens. */
const AGAIN_AFTER_MS = 10_000;
/** A provider that failed is left alone for this time. */
const FAILED_MS = 1000;
/** As with AWS. */
const MAX_KEYS = 100;

const Configuration = z.object({ issuer: z.string(), jwks_uri: z.string() });
const KeySet = z.object({
  keys: z.array(z.looseObject({ kty: z.string(), kid: z.string().optional() })).max(MAX_KEYS),
});

/** What a provider answered, or is about to: all that ask at once wait for one answer. */
interface Known {
  keys: Promise<readonly ProviderKey[]>;
  failed: boolean;
  /** When it was asked, of the monotonic clock. */
  askedAt: number;
}

/** The keys that identity providers sign with, from where OpenID Connect Discovery says. */
export class ProviderKeys {
  private readonly fetch: FetchDocument;
  private readonly clock: Pick<Clock, "monotonic">;
  private readonly known = new Map<string, Known>();

  constructor(fetch: FetchDocument, clock: Pick<Clock, "monotonic">) {
    this.fetch = fetch;
    this.clock = clock;
  }

  /**
   * The keys of a token's issuer.
   * @throws AwsError InvalidIdentityToken, IDPCommunicationError
   */
  async of(provider: OidcProvider, issuer: string, token: JsonWebToken): Promise<readonly ProviderKey[]> {
    const known = this.known.get(issuer);
    const age = known ? this.clock.monotonic() - known.askedAt : Infinity;
    if (known && age < (known.failed ? FAILED_MS : AGAIN_AFTER_MS)) return await known.keys;
    if (known && !known.failed && age < FRESH_MS) {
      const keys = await known.keys;
      if (keys.some((key) => fits(token, key))) return keys;
    }
    return await this.ask(provider, issuer).keys;
  }

  private ask(provider: OidcProvider, issuer: string): Known {
    const asked: Known = {
      keys: this.read(provider, issuer),
      failed: false,
      askedAt: this.clock.monotonic(),
    };
    asked.keys.catch(() => (asked.failed = true));
    this.known.set(issuer, asked);
    return asked;
  }

  private async read(provider: OidcProvider, issuer: string): Promise<ProviderKey[]> {
    const base = issuer.endsWith("/") ? issuer.slice(0, -1) : issuer;
    const configuration = Configuration.safeParse(
      await this.fetch(`${base}/.well-known/openid-configuration`, provider.thumbprints),
    );
    if (!configuration.success || configuration.data.issuer !== issuer) throw noVerificationKey();
    const set = KeySet.safeParse(await this.fetch(configuration.data.jwks_uri, provider.thumbprints));
    if (!set.success) throw noVerificationKey();
    return set.data.keys;
  }
}
