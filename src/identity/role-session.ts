/** Somebody who acts as a role for some time, https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles.html */
export interface RoleSession {
  roleArn: string;
  /** Of a task's role: the task's id. */
  sessionName: string;
  account: string;
  /** Where the session was made. */
  region: string;
  /** Milliseconds since 1970, a whole second. */
  expiresAt: number;
}
