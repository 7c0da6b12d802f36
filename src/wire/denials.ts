import { AwsError } from "../base/errors.ts";
import type { AccessDenied } from "../identity/authorization.ts";
import type { AuthorizationFailures } from "./authorization-failures.ts";
import type { Protocol } from "./protocol.ts";

/**
 * What a service of that protocol answers to a caller who may not do what it asked for, in AWS's codes and words.
 * @param failures encodes the details that EC2 adds; without it they are left out
 */
export function denialAnswer(denied: AccessDenied, protocol: Protocol, failures?: AuthorizationFailures): AwsError {
  switch (protocol) {
    case "ec2Query":
      return new AwsError("UnauthorizedOperation", ec2Message(denied, failures), 403);
    case "awsQuery":
      return new AwsError("AccessDenied", denied.message, 403);
    case "restXml":
      return new AwsError("AccessDenied", s3Message(denied), 403);
    case "restJson1":
      return new AwsError("AccessDeniedException", denied.message, 403);
    default:
      return new AwsError("AccessDeniedException", denied.message, 400);
  }
}

/** EC2 names no resource where an action knows none, and says more of the others to those who may decode it. */
function ec2Message(denied: AccessDenied, failures: AuthorizationFailures | undefined): string {
  const intro = "You are not authorized to perform this operation.";
  if (denied.resource === "*") return `${intro} ${denied.message.replace(" on resource: *", "")}`;
  const encoded = failures ? `. Encoded authorization failure message: ${failures.encode(denied)}` : "";
  return `${intro} ${denied.message}${encoded}`;
}

/** S3 puts resources in quotation marks, names none where all are meant, and tells those nothing whom it does not know. */
function s3Message({ caller, message, resource }: AccessDenied): string {
  if (caller.principal.type === "Anonymous") return "Access Denied";
  const shown = resource === "arn:aws:s3:::*" ? "" : ` on resource: "${resource}"`;
  return message.replace(` on resource: ${resource}`, () => shown);
}
