import type { Filter } from "@aws-sdk/client-secrets-manager";
import type { SecretRecord } from "./records.ts";

const SEPARATORS = /[\s/_+=.@:-]+|(?<=[a-z0-9])(?=[A-Z])/;

/**
 * Whether a secret passes every filter: one of its values each. A value with `!` before it must not be found.
 * https://docs.aws.amazon.com/secretsmanager/latest/userguide/manage_search-secret.html
 */
export function passes(secret: SecretRecord, filters: readonly Filter[]): boolean {
  return filters.every(({ Key = "all", Values = [] }) => Values.some((value) => matches(secret, Key, value)));
}

function matches(secret: SecretRecord, key: NonNullable<Filter["Key"]>, value: string): boolean {
  if (value.startsWith("!")) return !matches(secret, key, value.slice(1));
  const tags = secret.tags ?? [];
  switch (key) {
    case "name":
      return secret.name.startsWith(value);
    case "description":
      return hasWords([secret.description], value);
    case "tag-key":
      return tags.some(({ Key = "" }) => Key.startsWith(value));
    case "tag-value":
      return tags.some(({ Value = "" }) => Value.startsWith(value));
    case "primary-region":
      return secret.primaryRegion?.startsWith(value) ?? false;
    case "owning-service":
      return false; // no service keeps secrets here
    case "all":
      return hasWords(
        [secret.name, secret.description, secret.primaryRegion, ...tags.flatMap(({ Key, Value }) => [Key, Value])],
        value,
      );
  }
}

/** Whether each word that is looked for begins a word of a text. */
function hasWords(texts: readonly (string | undefined)[], wanted: string): boolean {
  const words = texts.flatMap((text) => (text === undefined ? [] : wordsOf(text)));
  const looked = wordsOf(wanted);
  return looked.length > 0 && looked.every((word) => words.some((one) => one.startsWith(word)));
}

function wordsOf(text: string): string[] {
  return text
    .split(SEPARATORS)
    .filter(Boolean)
    .map((word) => word.toLowerCase());
}
