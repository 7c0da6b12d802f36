import { checkedPolicy } from "../../identity/policy/policy.ts";
import { malformedPolicy } from "./errors.ts";

/** Bytes, https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html */
const MAX_POLICY = 20 * 1024;

/**
 * Checks a bucket's policy, which speaks of the bucket and its objects only.
 * @throws AwsError `MalformedPolicy`
 */
export function checkBucketPolicy(text: string, bucket: string): void {
  if (!/^\s*\{/.test(text)) throw malformedPolicy("Policies must be valid JSON and the first byte must be '{'");
  if (Buffer.byteLength(text) > MAX_POLICY) throw malformedPolicy("Policy exceeds the maximum allowed document size.");
  checkedPolicy(text, "resource", malformedPolicy);
  const { Statement: statements } = JSON.parse(text) as { Statement: object | object[] };
  for (const statement of [statements].flat()) checkStatement(statement, bucket);
}

function checkStatement(
  statement: { Resource?: unknown; NotResource?: unknown; Action?: unknown; NotAction?: unknown },
  bucket: string,
): void {
  const resources = [statement.Resource ?? statement.NotResource].flat();
  if (resources[0] === undefined) throw malformedPolicy("Missing required field Resource");
  const own = `arn:aws:s3:::${bucket}`;
  if (resources.some((resource) => resource !== own && !String(resource).startsWith(`${own}/`)))
    throw malformedPolicy("Policy has invalid resource");
  const actions = [statement.Action ?? []].flat().map(String);
  if (actions.some((action) => action !== "*" && !action.toLowerCase().startsWith("s3:")))
    throw malformedPolicy("Policy has invalid action");
}
