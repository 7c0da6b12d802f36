import { expect, test } from "vitest";
import type { OidcProvider } from "../sts.ts";
import type { JsonWebToken } from "./json-web-token.ts";
import { ProviderKeys } from "./provider-keys.ts";

const ISSUER = "https://issuer.test/realm";
const PROVIDER: OidcProvider = { arn: "arn", url: "issuer.test/realm", clientIds: [], thumbprints: ["aa"] };
const token = (keyId: string): JsonWebToken => ({
  algorithm: "RS256",
  keyId,
  claims: {},
  signed: "",
  signature: Buffer.alloc(0),
});

/** An issuer whose keys are one, and a clock. */
function issuer(configuration: unknown = { issuer: ISSUER, jwks_uri: `${ISSUER}/keys` }) {
  const world = { now: 0, key: "first", asked: [] as string[] };
  const keys = new ProviderKeys(
    async (url, thumbprints) => {
      world.asked.push(`${url} ${thumbprints.join()}`);
      return url.endsWith("/keys") ? { keys: [{ kty: "RSA", kid: world.key, n: "n", e: "e" }] } : configuration;
    },
    { monotonic: () => world.now },
  );
  const of = async (keyId: string) => (await keys.of(PROVIDER, ISSUER, token(keyId))).map(({ kid }) => kid);
  return { world, of };
}

test("keys are kept for five minutes", async () => {
  const { world, of } = issuer();
  expect(await of("first")).toEqual(["first"]);
  expect(world.asked).toEqual([`${ISSUER}/.well-known/openid-configuration aa`, `${ISSUER}/keys aa`]);
  world.now = 299_000;
  await of("first");
  expect(world.asked).toHaveLength(2);
  world.now = 300_000;
  await of("first");
  expect(world.asked).toHaveLength(4);
});

test("for the sake of an unknown key they are asked for again, but not at once", async () => {
  const { world, of } = issuer();
  await of("first");
  world.key = "second";
  world.now = 9000;
  expect(await of("second")).toEqual(["first"]);
  world.now = 10_000;
  expect(await of("second")).toEqual(["second"]);
});

test("all that ask at once wait for one answer, and a provider that failed is left alone for a second", async () => {
  const { world, of } = issuer();
  expect(await Promise.all([of("first"), of("first")])).toEqual([["first"], ["first"]]);
  expect(world.asked).toHaveLength(2);
  const broken = issuer("text");
  const failed = () => expect(broken.of("first")).rejects.toThrow("verification key");
  await failed();
  await failed();
  expect(broken.world.asked).toHaveLength(1);
  broken.world.now = 1000;
  await failed();
  expect(broken.world.asked).toHaveLength(2);
});

test.each([
  ["another issuer's document", { issuer: "https://other.test", jwks_uri: `${ISSUER}/keys` }],
  ["no document", "text"],
  ["no keys", { issuer: ISSUER, jwks_uri: ISSUER }],
])("%s", async (_, configuration) => {
  await expect(issuer(configuration).of("first")).rejects.toMatchObject({ code: "InvalidIdentityTokenException" });
});
