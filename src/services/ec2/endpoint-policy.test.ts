import { expect, test } from "vitest";
import type { Caller } from "../../identity/caller.ts";
import type { IdentityDirectory } from "../../identity/directory.ts";
import { PolicyAuthorizer } from "../../identity/policy/authorizer.ts";
import { rootPrincipal } from "../../identity/principal.ts";
import { checkPolicy } from "./endpoint-requests.ts";

const account = "111122223333";
const caller: Caller = {
  principal: rootPrincipal(account, "AKIA"),
  region: "eu-west-1",
  secureTransport: false,
  at: 0,
};
const all = { Effect: "Allow", Principal: "*", Action: "*", Resource: "*" };
const text = (...Statement: object[]) => JSON.stringify({ Statement });

async function decided(policy: string | undefined, action = "ecs:ListClusters"): Promise<string> {
  const vpc = { vpcId: "vpc-1", privateIp: "10.0.0.1", ...(policy ? { endpointPolicy: () => policy } : {}) };
  const authorizer = new PolicyAuthorizer({ directory: {} as IdentityDirectory });
  return await authorizer.authorize({ ...caller, vpc }, [{ action, resources: [{ arn: "*" }] }]).then(
    () => "allowed",
    (cause: Error) => cause.message.replace(/.* on resource: \* /, ""),
  );
}

test.each<[string | undefined, string]>([
  [undefined, "allowed"],
  [text(all), "allowed"],
  [text({ ...all, Action: "ecs:*" }), "allowed"],
  [text({ ...all, Action: "logs:*" }), "because no VPC endpoint policy allows the ecs:ListClusters action"],
  [text(all, { ...all, Effect: "Deny", Action: "ecs:List*" }), "with an explicit deny in a VPC endpoint policy"],
  [
    text({ ...all, Principal: { AWS: "arn:aws:iam::999988887777:root" } }),
    "because no VPC endpoint policy allows the ecs:ListClusters action",
  ],
])("by an endpoint with the policy %s, even root is %s", async (policy, expected) => {
  expect(await decided(policy)).toBe(expected);
});

test("roles are not passed by way of an endpoint", async () => {
  expect(await decided(text({ ...all, Action: "ecs:*" }), "iam:PassRole")).toBe("allowed");
});

test("a policy is refused that is none", () => {
  expect(() => checkPolicy(text(all))).not.toThrow();
  for (const wrong of ["no JSON", "[]", text({ ...all, Effect: "Perhaps" }), text({ Effect: "Allow", Action: "*" })])
    expect(() => checkPolicy(wrong)).toThrow(expect.objectContaining({ code: "InvalidPolicyDocument" }));
});
