import { randomInt } from "node:crypto";
import type { GetRandomPasswordRequest } from "@aws-sdk/client-secrets-manager";
import { invalidParameter } from "./errors.ts";

const LOWERCASE = "abcdefghijklmnopqrstuvwxyz";
const NUMBERS = "0123456789";
const PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";
const DEFAULT_LENGTH = 32;

/**
 * A password with at least one character of every type that it may have, unless that is not wanted.
 * @throws AwsError InvalidParameterException when it cannot be so short, or has no characters to be made from
 */
export function randomPassword(wanted: GetRandomPasswordRequest): string {
  const length = wanted.PasswordLength ?? DEFAULT_LENGTH;
  const excluded = new Set(wanted.ExcludeCharacters ?? "");
  const usable = (characters: string) => [...characters].filter((character) => !excluded.has(character));
  const types = [
    wanted.ExcludeLowercase ? [] : usable(LOWERCASE),
    wanted.ExcludeUppercase ? [] : usable(LOWERCASE.toUpperCase()),
    wanted.ExcludeNumbers ? [] : usable(NUMBERS),
    wanted.ExcludePunctuation ? [] : usable(PUNCTUATION),
  ].filter((characters) => characters.length);
  const all = [...types.flat(), ...(wanted.IncludeSpace ? usable(" ") : [])];
  if (!all.length) throw invalidParameter("No characters are left that the password could be made from.");
  const required = (wanted.RequireEachIncludedType ?? true) ? types : [];
  if (length < required.length) throw invalidParameter("Password length is too short based on the required types.");
  const rest = Array.from({ length: length - required.length }, () => all);
  return shuffled([...required, ...rest].map((characters) => characters[randomInt(characters.length)]!)).join("");
}

function shuffled<T>(items: T[]): T[] {
  for (let i = items.length - 1; i > 0; i--) {
    const j = randomInt(i + 1);
    [items[i], items[j]] = [items[j]!, items[i]!];
  }
  return items;
}
