import { NormalizedSchema } from "@smithy/core/schema";

type Schema = Parameters<typeof NormalizedSchema.of>[0];

/** Every member of a request, as the SDK's own schema has it: `containerDefinitions[].portMappings[].hostPort`. */
export function membersOf(schema: unknown, at = ""): string[] {
  const shape = NormalizedSchema.of(schema as Schema);
  if (shape.isListSchema()) return membersOf(shape.getValueSchema(), `${at}[]`);
  if (!shape.isStructSchema()) return [at];
  return [...shape.structIterator()].flatMap(([name, member]) => membersOf(member, at ? `${at}.${name}` : name));
}

/** The members that a request sets, spelled as {@link membersOf} does. */
export function membersSet(schema: unknown, value: unknown, at = ""): string[] {
  const shape = NormalizedSchema.of(schema as Schema);
  if (shape.isListSchema())
    return (value as unknown[]).flatMap((item) => membersSet(shape.getValueSchema(), item, `${at}[]`));
  if (!shape.isStructSchema()) return [at];
  const given = value as Record<string, unknown>;
  return [...shape.structIterator()]
    .filter(([name]) => given[name] !== undefined)
    .flatMap(([name, member]) => membersSet(member, given[name], at ? `${at}.${name}` : name));
}

/** The members of a request that no example sets. */
export function unsetMembers(schema: unknown, examples: readonly object[]): string[] {
  const set = new Set(examples.flatMap((example) => membersSet(schema, example)));
  return membersOf(schema).filter((member) => !set.has(member));
}
