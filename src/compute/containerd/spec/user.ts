/** `process.user` of the OCI specification. */
export interface OciUser {
  uid: number;
  gid: number;
  additionalGids: number[];
}

/** The text of an image's /etc/passwd and /etc/group; empty where it has none. */
export interface UserFiles {
  passwd: string;
  group: string;
}

/** A user that the image does not have, or a number that the kernel would wrap to another one. */
export class UserError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "UserError";
  }
}

/** Above it, uid_t would wrap, up to root (CVE-2024-40635). */
const MAX_ID = 2 ** 31 - 1;

/**
 * Turns `user`, `uid`, `user:group` or any mix of names and numbers into ids, as Docker does. Empty is root. The groups
 * that the user is a member of are added unless a group is named. A number needs no entry in the files.
 * @throws UserError
 */
export function resolveUser(text: string, files: UserFiles): OciUser {
  const colon = text.indexOf(":");
  const userPart = (colon < 0 ? text : text.slice(0, colon)) || "0";
  const groupPart = colon < 0 ? "" : text.slice(colon + 1);
  const account = findAccount(userPart, files.passwd);
  const groups = parseGroups(files.group);
  if (groupPart !== "") return { ...account.ids, gid: findGroup(groupPart, groups), additionalGids: [] };
  const memberOf = groups.filter((group) => account.name !== undefined && group.members.includes(account.name));
  return { ...account.ids, additionalGids: memberOf.map((group) => inRange(group.gid)) };
}

function findAccount(user: string, passwd: string): { name: string | undefined; ids: { uid: number; gid: number } } {
  const uid = numeric(user);
  for (const [name = "", , entryUid = "", entryGid = ""] of entries(passwd))
    if (uid === undefined ? name === user : Number(entryUid) === uid)
      return { name, ids: { uid: inRange(Number(entryUid)), gid: inRange(Number(entryGid)) } };
  if (uid === undefined) throw new UserError(`unable to find user ${user}: no matching entries in passwd file`);
  return { name: undefined, ids: { uid: inRange(uid), gid: 0 } };
}

interface Group {
  name: string;
  gid: number;
  members: string[];
}

function findGroup(text: string, groups: Group[]): number {
  const gid = numeric(text);
  if (gid !== undefined) return inRange(gid);
  const group = groups.find((candidate) => candidate.name === text);
  if (!group) throw new UserError(`unable to find group ${text}: no matching entries in group file`);
  return inRange(group.gid);
}

function parseGroups(text: string): Group[] {
  return entries(text).map(([name = "", , gid = "", members = ""]) => ({
    name,
    gid: Number(gid),
    members: members.split(",").filter(Boolean),
  }));
}

function entries(text: string): string[][] {
  return text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line && !line.startsWith("#"))
    .map((line) => line.split(":"));
}

function numeric(text: string): number | undefined {
  return /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
}

function inRange(id: number): number {
  if (!Number.isInteger(id) || id < 0 || id > MAX_ID) throw new UserError(`uids and gids must be in range 0-${MAX_ID}`);
  return id;
}
