import type { IncomingMessage } from "node:http";
import type { Clock } from "../../base/clock.ts";
import { AccessDenied, type Authorizer } from "../../identity/authorization.ts";
import type { Principal } from "../../identity/principal.ts";
import { accessRefused, tokenExpired } from "../../registry/http/errors.ts";
import type { ImageUse } from "../../registry/http/handler.ts";
import { callerOf } from "../../wire/caller.ts";
import { check } from "../../wire/checks.ts";
import { readHead } from "../../wire/read-request.ts";
import type { RequestOrigin } from "../../wire/request-origin.ts";
import { repositoryResource } from "./authorization.ts";
import type { Ecr } from "./ecr.ts";

interface ImageAccessParts {
  ecr: Ecr;
  authorizer: Authorizer;
  /** Who somebody is now; `undefined` for those who are gone. */
  current: (principal: Principal) => Promise<Principal | undefined>;
  clock: Clock;
}

/**
 * What image clients may do: what the principal may that got their token, by the same policies as in the API. A token
 * outlives the session that it was got with, as with ECR, but not the user or role, nor the task whose role it was.
 * https://docs.aws.amazon.com/AmazonECR/latest/userguide/registry_auth.html
 */
export function imageAccess({ ecr, authorizer, current, clock }: ImageAccessParts) {
  return async (use: ImageUse, request: IncomingMessage, origin: RequestOrigin | undefined): Promise<void> => {
    const principal = await current(JSON.parse(use.holder) as Principal);
    if (!principal) throw tokenExpired();
    const arrival = { head: readHead(request), receivedAt: clock.now(), origin };
    const caller = callerOf(request, { principal, region: use.scope.region }, arrival);
    const checks = use.actions.map(({ name, repository }) => check(name, repositoryResource(ecr, repository)));
    await authorizer.authorize(caller, checks).catch((cause: unknown) => {
      throw cause instanceof AccessDenied ? accessRefused(cause.message) : cause;
    });
  };
}
