import { idempotentParameterMismatch } from "./errors.ts";

/**
 * What an earlier request with the same client token made: such a request is answered as that one was.
 * https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-idempotency.html
 * @param sameRequest whether the parameters are those of the earlier request
 * @throws AwsError IdempotentParameterMismatch
 */
export function madeEarlier<T extends { clientToken?: string }>(
  records: readonly T[],
  clientToken: string | undefined,
  sameRequest: (record: T) => boolean,
): T | undefined {
  if (!clientToken) return undefined;
  const earlier = records.find((record) => record.clientToken === clientToken);
  if (earlier && !sameRequest(earlier)) throw idempotentParameterMismatch();
  return earlier;
}
