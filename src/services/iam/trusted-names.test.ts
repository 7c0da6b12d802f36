import { expect, test } from "vitest";
import { withName } from "./trusted-names.ts";

const BOB = "arn:aws:iam::000000000000:user/Bob";
const trust = (...principals: unknown[]) => ({
  Version: "2012-10-17",
  Statement: principals.map((Principal) => ({ Effect: "Allow", Principal, Action: "sts:AssumeRole" })),
});

test.each([
  ["alone", trust({ AWS: BOB }), trust({ AWS: "AIDABOB" })],
  ["in a list of one", trust({ AWS: [BOB] }), trust({ AWS: "AIDABOB" })],
  ["among others", trust({ AWS: ["111122223333", BOB] }), trust({ AWS: ["111122223333", "AIDABOB"] })],
  [
    "in one of several statements",
    trust({ Service: "ec2.amazonaws.com" }, { AWS: BOB, Service: "ec2.amazonaws.com" }),
    trust({ Service: "ec2.amazonaws.com" }, { AWS: "AIDABOB", Service: "ec2.amazonaws.com" }),
  ],
  [
    "in a statement without a list",
    { ...trust(), Statement: trust({ AWS: BOB }).Statement[0] },
    trust({ AWS: "AIDABOB" }),
  ],
])("a principal is renamed: %s", (_, before, after) => {
  expect(JSON.parse(withName(JSON.stringify(before), BOB, "AIDABOB"))).toEqual(after);
});

test.each([
  trust({ AWS: "*" }),
  trust("*"),
  trust({ AWS: `${BOB}by` }),
  trust({ Federated: "accounts.google.com" }),
  {
    ...trust(),
    Statement: [{ ...trust({ AWS: "*" }).Statement[0], Condition: { ArnEquals: { "aws:PrincipalArn": BOB } } }],
  },
])("a policy that does not have it stays to the letter", (document) => {
  const text = JSON.stringify(document, undefined, 4);
  expect(withName(text, BOB, "AIDABOB")).toBe(text);
});
