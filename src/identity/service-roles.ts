import { createHash } from "node:crypto";
import { base32 } from "./base32.ts";
import type { IdentityDirectory } from "./directory.ts";
import { letsIn } from "./policy/outsiders.ts";

/** What a service takes on a role for: `aws:SourceAccount`, `aws:SourceArn`. */
export interface RoleUse {
  account: string;
  region: string;
  arn: string;
  /** Milliseconds since 1970. */
  at: number;
}

/** Roles as AWS's services take them on, such as ECS those of tasks. */
export interface ServiceRoles {
  /**
   * @param service as trust policies name it: `ecs-tasks.amazonaws.com`
   * @returns `undefined` when there is no such role, or it does not trust the service
   */
  takeOn(roleArn: string, service: string, use: RoleUse): Promise<{ arn: string; id: string } | undefined>;
}

/** The roles that the directory has. */
export function serviceRoles(directory: Pick<IdentityDirectory, "role">): ServiceRoles {
  return {
    async takeOn(roleArn, service, { account, region, arn, at }) {
      const role = await directory.role({ arn: roleArn });
      if (!role) return undefined;
      const verdict = letsIn(
        role.trustPolicy,
        { type: "Service", name: service },
        {
          action: "sts:AssumeRole",
          resource: roleArn,
          resourceAccount: account,
          environment: { region, secureTransport: true, at },
          conditions: { "aws:SourceAccount": account, "aws:SourceArn": arn },
          resourceTags: role.tags,
        },
      );
      return verdict === "allowed" ? role : undefined;
    },
  };
}

/** Every role, whether it is there or not: for engines that check nothing. */
export function anyRoles(directory: Pick<IdentityDirectory, "role">): ServiceRoles {
  return {
    takeOn: async (arn) => (await directory.role({ arn })) ?? { arn, id: madeUpRoleId(arn) },
  };
}

/** Of a role that is not there; it follows from its ARN. */
export function madeUpRoleId(roleArn: string): string {
  return `AROA${base32(createHash("sha256").update(roleArn).digest(), 17)}`;
}
