import { rolePrincipal, rootPrincipal, type Principal, type SessionFacts } from "./principal.ts";

/** Whose temporary credentials are. */
export type SessionHolder =
  | { type: "AssumedRole"; role: { arn: string; id: string }; sessionName: string }
  | { type: "User"; accountId: string; arn: string; userId: string; userName: string }
  | { type: "Root"; accountId: string };

/** What temporary credentials stand for, https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_temp.html */
export interface Session {
  holder: SessionHolder;
  facts: SessionFacts;
  /** Where it was made. */
  region: string;
  /** Of the role of a task: the session is one only as long as the task lives. */
  taskId?: string;
}

/** Who signs with the credentials of a session. */
export function sessionPrincipal({ holder, facts, region, taskId }: Session, accessKeyId: string): Principal {
  switch (holder.type) {
    case "AssumedRole": {
      const principal = rolePrincipal(holder.role, holder.sessionName, facts, accessKeyId);
      return taskId === undefined ? principal : { ...principal, task: { taskId, region } };
    }
    case "User":
      return { ...holder, accessKeyId, session: facts };
    case "Root":
      return { ...rootPrincipal(holder.accountId, accessKeyId), session: facts };
  }
}

/** The account that a session acts in. */
export function sessionAccount({ holder }: Session): string {
  return holder.type === "AssumedRole" ? holder.role.arn.split(":")[4]! : holder.accountId;
}
