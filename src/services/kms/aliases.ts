import { aliasWithoutPrefix, invalidAliasName, reservedAlias } from "./errors.ts";

/**
 * The name of an alias that customers may make, change and delete.
 * @throws AwsError ValidationException, InvalidAliasNameException, NotAuthorizedException
 */
export function checkAliasName(name: string): string {
  if (!name.startsWith("alias/")) throw aliasWithoutPrefix();
  if (name.startsWith("alias/aws/")) throw reservedAlias();
  if (!/^alias\/[a-zA-Z0-9/_-]+$/.test(name)) throw invalidAliasName("Alias contains invalid characters for an alias");
  return name;
}
