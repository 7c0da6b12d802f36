import type { IdentityDirectory } from "./directory.ts";

/** Without users and roles: the root key is all there is. */
export const emptyDirectory: IdentityDirectory = {
  policiesOf: async () => undefined,
  userKey: async () => undefined,
  user: async () => undefined,
  role: async () => undefined,
  keyUsed: () => {},
  roleUsed: () => {},
};
