import { describe, expect, it } from "vitest";
import { verdictOf } from "./decide.ts";
import { parsePolicy } from "./policy.ts";
import { allow, documentOf } from "./policy-kit.ts";

type Values = string | readonly string[] | undefined;
type Scalars = string | number | boolean | readonly (string | number | boolean)[];

/** Whether a statement with this condition applies when `test:key` has these values. */
function holds(operator: string, wanted: Scalars, given: Values, others: Record<string, string> = {}): boolean {
  const policy = parsePolicy(
    documentOf(allow("*", "*", { Condition: { [operator]: { "test:Key": wanted } } })),
    "identity",
  );
  const values = new Map(Object.entries({ ...others, "test:key": given }));
  const get = (key: string) => {
    const value = values.get(key);
    return typeof value === "string" ? [value] : value;
  };
  return verdictOf(policy.statements, { action: "s3:getobject", resource: "*", keys: { get } }) === "allow";
}

const absent = undefined;
const arn = (resource: string, account = "111122223333") => `arn:aws:sns:eu-west-1:${account}:${resource}`;

/** Operator, the policy's values, the request's values, whether it holds. */
const cases: Record<string, [string, Scalars, Values, boolean][]> = {
  strings: [
    ["StringEquals", "ana", "ana", true],
    ["StringEquals", "ana", "Ana", false],
    ["StringEquals", "ana", "ana ", false],
    ["StringEquals", "", "", true],
    ["StringEquals", ["ana", "bob"], "bob", true],
    ["StringEquals", ["ana", "bob"], "eve", false],
    ["StringEquals", "a*", "abc", false],
    ["StringEquals", "a*", "a*", true],
    ["StringEquals", "a?c", "abc", false],
    ["StringEquals", 10, "10", true],
    ["StringEquals", true, "true", true],
    ["StringEquals", "ana", absent, false],
    ["StringNotEquals", "ana", "bob", true],
    ["StringNotEquals", "ana", "ana", false],
    ["StringNotEquals", ["ana", "bob"], "bob", false],
    ["StringNotEquals", ["ana", "bob"], "eve", true],
    ["StringNotEquals", "ana", absent, true],
    ["StringEqualsIgnoreCase", "ANA", "ana", true],
    ["StringEqualsIgnoreCase", "ana", "ANA", true],
    ["StringEqualsIgnoreCase", "ana", "bob", false],
    ["StringEqualsIgnoreCase", "a*", "abc", false],
    ["StringNotEqualsIgnoreCase", "ANA", "ana", false],
    ["StringNotEqualsIgnoreCase", "ANA", "bob", true],
    ["StringNotEqualsIgnoreCase", "ANA", absent, true],
    ["StringLike", "a*", "abc", true],
    ["StringLike", "a*", "a", true],
    ["StringLike", "a*", "Abc", false],
    ["StringLike", "*", "", true],
    ["StringLike", "*c", "abc", true],
    ["StringLike", "a*c", "abc", true],
    ["StringLike", "a*c", "ac", true],
    ["StringLike", "a*c*e", "abcde", true],
    ["StringLike", "a*c*e", "abde", false],
    ["StringLike", "ab*ba", "aba", false],
    ["StringLike", "a?c", "abc", true],
    ["StringLike", "a?c", "ac", false],
    ["StringLike", "a??*", "ab", false],
    ["StringLike", "a??*", "abc", true],
    ["StringLike", "*?b*", "ab", true],
    ["StringLike", "*?b*", "b", false],
    ["StringLike", ["x*", "a*"], "abc", true],
    ["StringLike", "a.c", "abc", false],
    ["StringLike", "a[bc]", "ab", false],
    ["StringLike", "a*", absent, false],
    ["StringNotLike", "a*", "abc", false],
    ["StringNotLike", "a*", "xyz", true],
    ["StringNotLike", ["a*", "x*"], "xyz", false],
    ["StringNotLike", "a*", absent, true],
    ["stringlike", "a*", "abc", true],
    ["STRINGEQUALS", "ana", "ana", true],
  ],
  numbers: [
    ["NumericEquals", "10", "10", true],
    ["NumericEquals", 10, "10.0", true],
    ["NumericEquals", "10", "11", false],
    ["NumericEquals", "10", "ten", false],
    ["NumericEquals", ["10", "20"], "20", true],
    ["NumericEquals", "10", absent, false],
    ["NumericNotEquals", "10", "11", true],
    ["NumericNotEquals", "10", "10", false],
    ["NumericNotEquals", ["10", "20"], "20", false],
    ["NumericNotEquals", "10", absent, true],
    ["NumericLessThan", "10", "9", true],
    ["NumericLessThan", "10", "10", false],
    ["NumericLessThan", "-1", "-2", true],
    ["NumericLessThan", "10", "9.99", true],
    ["NumericLessThan", "10", absent, false],
    ["NumericLessThanEquals", "10", "10", true],
    ["NumericLessThanEquals", "10", "10.1", false],
    ["NumericGreaterThan", "10", "11", true],
    ["NumericGreaterThan", "10", "10", false],
    ["NumericGreaterThan", "9", "10", true],
    ["NumericGreaterThanEquals", "10", "10", true],
    ["NumericGreaterThanEquals", "10", "9", false],
    ["NumericGreaterThanEqualsIfExists", "10", absent, true],
    ["NumericGreaterThanEqualsIfExists", "10", "9", false],
  ],
  dates: [
    ["DateEquals", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", true],
    ["DateEquals", "2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", true],
    ["DateEquals", "2026-01-01", "2026-01-01T00:00:00Z", true],
    ["DateEquals", "1767225600", "2026-01-01T00:00:00Z", true],
    ["DateEquals", 1767225600, "1767225600", true],
    ["DateEquals", "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z", false],
    ["DateEquals", "2026-01-01T00:00:00Z", "yesterday", false],
    ["DateNotEquals", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", true],
    ["DateNotEquals", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", false],
    ["DateNotEquals", "2026-01-01T00:00:00Z", absent, true],
    ["DateLessThan", "2026-01-01T00:00:00Z", "2025-12-31T23:59:59Z", true],
    ["DateLessThan", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", false],
    ["DateLessThanEquals", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00Z", true],
    ["DateLessThanEquals", "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z", false],
    ["DateGreaterThan", "2026-01-01T00:00:00Z", "2026-01-01T00:00:01Z", true],
    ["DateGreaterThan", "2026-01-01T00:00:00Z", "1767225601", true],
    ["DateGreaterThan", "2026-01-01T00:00:00Z", "1767225600", false],
    ["DateGreaterThanEquals", "2026-01-01T00:00Z", "2026-01-01T00:00:00Z", true],
    ["DateGreaterThan", "2026-01-01T00:00:00Z", absent, false],
    ["DateGreaterThanIfExists", "2026-01-01T00:00:00Z", absent, true],
  ],
  "booleans and bytes": [
    ["Bool", "true", "true", true],
    ["Bool", "true", "false", false],
    ["Bool", true, "true", true],
    ["Bool", "True", "true", true],
    ["Bool", "false", absent, false],
    ["Bool", "true", absent, false],
    ["BoolIfExists", "true", absent, true],
    ["BoolIfExists", "true", "false", false],
    ["BoolIfExists", "false", "false", true],
    ["BinaryEquals", "QmluYXJ5VmFsdWU=", "QmluYXJ5VmFsdWU=", true],
    ["BinaryEquals", "QmluYXJ5VmFsdWU=", "QmluYXJ5VmFsdWU", true],
    ["BinaryEquals", "QmluYXJ5VmFsdWU=", "QmluYXJ5", false],
    ["BinaryEquals", "QmluYXJ5VmFsdWU=", absent, false],
  ],
  addresses: [
    ["IpAddress", "203.0.113.0/24", "203.0.113.7", true],
    ["IpAddress", "203.0.113.0/24", "203.0.114.7", false],
    ["IpAddress", "203.0.113.7", "203.0.113.7", true],
    ["IpAddress", "203.0.113.7", "203.0.113.8", false],
    ["IpAddress", "203.0.113.128/25", "203.0.113.127", false],
    ["IpAddress", "203.0.113.128/25", "203.0.113.128", true],
    ["IpAddress", "203.0.113.64/27", "203.0.113.95", true],
    ["IpAddress", "203.0.113.64/27", "203.0.113.96", false],
    ["IpAddress", "0.0.0.0/0", "8.8.8.8", true],
    ["IpAddress", "0.0.0.0/0", "2001:db8::1", false],
    ["IpAddress", "::/0", "2001:db8::1", true],
    ["IpAddress", ["10.0.0.0/8", "192.168.0.0/16"], "192.168.3.4", true],
    ["IpAddress", "2001:db8:1234:5678::/64", "2001:db8:1234:5678:9:a:b:c", true],
    ["IpAddress", "2001:db8:1234:5678::/64", "2001:db8:1234:5679::1", false],
    ["IpAddress", "2001:0db8::1", "2001:db8:0:0:0:0:0:1", true],
    ["IpAddress", "2001:DB8::/32", "2001:db8::1", true],
    ["IpAddress", "2001:db8::/33", "2001:db8:8000::1", false],
    ["IpAddress", "::1", "::1", true],
    ["IpAddress", "10.0.0.0/8", "::ffff:10.1.2.3", true],
    ["IpAddress", "10.0.0.0/8", "nowhere", false],
    ["IpAddress", "10.0.0.0/8", absent, false],
    ["NotIpAddress", "10.0.0.0/8", "11.0.0.1", true],
    ["NotIpAddress", "10.0.0.0/8", "10.0.0.1", false],
    ["NotIpAddress", ["10.0.0.0/8", "11.0.0.0/8"], "11.0.0.1", false],
    ["NotIpAddress", "10.0.0.0/8", absent, true],
    ["NotIpAddressIfExists", "10.0.0.0/8", absent, true],
    ["IpAddressIfExists", "10.0.0.0/8", absent, true],
  ],
  ARNs: [
    ["ArnEquals", arn("topic"), arn("topic"), true],
    ["ArnEquals", arn("topic"), arn("other"), false],
    ["ArnEquals", arn("*"), arn("topic"), true],
    ["ArnLike", arn("to*"), arn("topic"), true],
    ["ArnLike", arn("to*"), arn("Topic"), false],
    ["ArnLike", arn("topic", "*"), arn("topic"), true],
    ["ArnLike", arn("t?pic"), arn("topic"), true],
    ["ArnLike", "arn:aws:sns:*:*:topic", arn("topic"), true],
    ["ArnLike", "arn:aws:sns:*:topic", arn("topic"), false],
    ["ArnLike", "arn:aws:*:*:*:*", "arn:aws:s3:::bucket", true],
    ["ArnLike", "arn:aws:s3:::*", "arn:aws:s3:::bucket/a:b", true],
    ["ArnLike", "*", arn("topic"), false],
    ["ArnLike", arn("topic"), "no arn", false],
    ["ArnLike", arn("topic"), absent, false],
    ["ArnNotEquals", arn("topic"), arn("other"), true],
    ["ArnNotEquals", arn("topic"), arn("topic"), false],
    ["ArnNotLike", arn("to*"), arn("topic"), false],
    ["ArnNotLike", arn("to*"), arn("other"), true],
    ["ArnNotLike", arn("to*"), absent, true],
    ["ArnLikeIfExists", arn("to*"), absent, true],
  ],
  "keys that are absent": [
    ["Null", "true", absent, true],
    ["Null", "true", "x", false],
    ["Null", "false", absent, false],
    ["Null", "false", "x", true],
    ["Null", true, absent, true],
    ["Null", "true", [], true],
    ["Null", ["true", "false"], "x", true],
    ["StringEqualsIfExists", "ana", absent, true],
    ["StringEqualsIfExists", "ana", "ana", true],
    ["StringEqualsIfExists", "ana", "bob", false],
    ["StringNotEqualsIfExists", "ana", absent, true],
    ["StringNotEqualsIfExists", "ana", "ana", false],
    ["StringLikeIfExists", "a*", absent, true],
    ["StringEqualsIgnoreCaseIfExists", "ANA", absent, true],
  ],
  "keys with several values": [
    ["ForAllValues:StringEquals", ["a", "b"], ["a", "b"], true],
    ["ForAllValues:StringEquals", ["a", "b"], ["a"], true],
    ["ForAllValues:StringEquals", ["a", "b"], ["a", "c"], false],
    ["ForAllValues:StringEquals", ["a", "b"], absent, true],
    ["ForAllValues:StringEquals", ["a", "b"], [], true],
    ["ForAllValues:StringEquals", ["a"], "a", true],
    ["ForAllValues:StringLike", ["a*"], ["ab", "ac"], true],
    ["ForAllValues:StringLike", ["a*"], ["ab", "bc"], false],
    ["ForAllValues:StringNotEquals", ["a"], ["b", "c"], true],
    ["ForAllValues:StringNotEquals", ["a"], ["a", "b"], false],
    ["ForAllValues:StringNotEquals", ["a", "b"], ["b"], false],
    ["ForAllValues:StringNotEquals", ["a"], absent, true],
    ["ForAllValues:StringEqualsIgnoreCase", ["A"], ["a"], true],
    ["ForAllValues:StringEqualsIfExists", ["a"], absent, true],
    ["ForAllValues:ArnLike", [arn("t*")], [arn("t1"), arn("t2")], true],
    ["ForAllValues:NumericLessThan", ["5"], ["1", "4"], true],
    ["ForAllValues:NumericLessThan", ["5"], ["1", "6"], false],
    ["ForAnyValue:StringEquals", ["a", "b"], ["b", "c"], true],
    ["ForAnyValue:StringEquals", ["a", "b"], ["c", "d"], false],
    ["ForAnyValue:StringEquals", ["a", "b"], absent, false],
    ["ForAnyValue:StringEquals", ["a", "b"], [], false],
    ["ForAnyValue:StringEqualsIfExists", ["a"], absent, false],
    ["ForAnyValue:StringLike", ["a*"], ["x", "ab"], true],
    ["ForAnyValue:StringNotEquals", ["a"], ["a", "b"], true],
    ["ForAnyValue:StringNotEquals", ["a", "b"], ["a", "b"], false],
    ["ForAnyValue:StringNotEquals", ["a"], absent, false],
    ["ForAnyValue:StringNotLike", ["a*"], ["ab", "ba"], true],
    ["ForAnyValue:Bool", ["true"], ["false", "true"], true],
    ["forallvalues:stringequals", ["a"], ["a"], true],
    ["StringEquals", "a", ["a", "b"], true],
    ["StringEquals", "c", ["a", "b"], false],
    ["StringNotEquals", "a", ["a", "b"], false],
    ["StringNotEquals", "c", ["a", "b"], true],
  ],
};

describe.each(Object.entries(cases))("conditions: %s", (_, rows) => {
  it.each(rows)("%s %j, given %j: %s", (operator, wanted, given, expected) => {
    expect(holds(operator, wanted, given)).toBe(expected);
  });
});

/** Operator, the policy's value, the request's value, other keys of the request, whether it holds. */
const variableCases: [string, string, string, Record<string, string>, boolean][] = [
  ["StringEquals", "${aws:username}", "ana", { "aws:username": "ana" }, true],
  ["StringEquals", "${AWS:UserName}", "ana", { "aws:username": "ana" }, true],
  ["StringEquals", "${ aws:username }", "ana", { "aws:username": "ana" }, true],
  ["StringEquals", "${aws:username}", "bob", { "aws:username": "ana" }, false],
  ["StringEquals", "${aws:username}", "", {}, false],
  ["StringEquals", "${aws:username}", "${aws:username}", {}, false],
  ["StringNotEquals", "${aws:username}", "ana", {}, true],
  ["StringEquals", "${aws:username, 'nobody'}", "nobody", {}, true],
  ["StringEquals", "${aws:username,'nobody'}", "ana", { "aws:username": "ana" }, true],
  ["StringEquals", "${aws:username, 'nobody'}", "nobody", { "aws:username": "ana" }, false],
  ["StringEquals", "${aws:PrincipalTag/cost center, 'none'}", "42", { "aws:principaltag/cost center": "42" }, true],
  [
    "StringEquals",
    "team-${aws:PrincipalTag/team}-${aws:username}",
    "team-a-ana",
    { "aws:principaltag/team": "a", "aws:username": "ana" },
    true,
  ],
  ["StringLike", "${aws:username}/*", "ana/x", { "aws:username": "ana" }, true],
  ["StringLike", "${aws:username}/*", "bob/x", { "aws:username": "ana" }, false],
  ["StringLike", "${aws:username}", "anything", { "aws:username": "*" }, false],
  ["StringLike", "${aws:username}", "*", { "aws:username": "*" }, true],
  ["StringLike", "a${*}c", "a*c", {}, true],
  ["StringLike", "a${*}c", "abc", {}, false],
  ["StringLike", "a${?}c", "a?c", {}, true],
  ["StringLike", "a${?}c", "abc", {}, false],
  ["StringLike", "${$}{x}*", "${x}y", {}, true],
  ["StringEqualsIgnoreCase", "${aws:username}", "ANA", { "aws:username": "ana" }, true],
  ["StringEqualsIgnoreCase", "X-${aws:username, 'Nobody'}", "x-nobody", {}, true],
  [
    "ArnLike",
    "arn:aws:iam::*:user/${aws:username}",
    "arn:aws:iam::111122223333:user/ana",
    { "aws:username": "ana" },
    true,
  ],
  [
    "ArnEquals",
    "arn:aws:iam::${aws:PrincipalAccount}:role/r",
    "arn:aws:iam::111122223333:role/r",
    { "aws:principalaccount": "111122223333" },
    true,
  ],
  [
    "ArnEquals",
    "arn:aws:iam::${aws:PrincipalAccount}:role/r",
    "arn:aws:iam::111122223333:role/r",
    { "aws:principalaccount": "444455556666" },
    false,
  ],
  ["Bool", "${aws:securetransport}", "true", { "aws:securetransport": "true" }, false],
];

it.each(variableCases)("variables: %s %j, given %j and %j: %s", (operator, wanted, given, others, expected) => {
  expect(holds(operator, wanted, given, others)).toBe(expected);
});

it("knows no variables in policies of the older version", () => {
  const document = JSON.stringify({
    Version: "2008-10-17",
    Statement: allow("*", "*", { Condition: { StringEquals: { "a:b": "${aws:username}" } } }),
  });
  const get = (key: string) => (key === "a:b" ? ["${aws:username}"] : undefined);
  expect(verdictOf(parsePolicy(document, "identity").statements, { action: "a:b", resource: "*", keys: { get } })).toBe(
    "allow",
  );
});

it("wants all operators and all keys of a condition to hold", () => {
  const condition = { StringEquals: { "a:b": "1", "a:c": "2" }, NumericLessThan: { "a:d": 5 } };
  const policy = parsePolicy(documentOf(allow("*", "*", { Condition: condition })), "identity");
  const verdict = (b: string, c: string, d: string) =>
    verdictOf(policy.statements, {
      action: "a:x",
      resource: "*",
      keys: { get: (key) => [{ "a:b": b, "a:c": c, "a:d": d }[key]!] },
    });
  expect([verdict("1", "2", "3"), verdict("0", "2", "3"), verdict("1", "0", "3"), verdict("1", "2", "9")]).toEqual([
    "allow",
    "none",
    "none",
    "none",
  ]);
});
