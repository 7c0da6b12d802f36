import type { NormalizedSchema } from "@smithy/core/schema";

/** Makes values from schemas; every value differs from every other, so that mixed-up members are noticed. */
export class Sampler {
  private count = 0;
  private readonly open = new Set<unknown>();

  /** A value with every member set, down to where a shape would contain itself; `undefined` there and for the unit. */
  sample(schema: NormalizedSchema): unknown {
    if (schema.isUnitSchema()) return undefined;
    if (schema.isStructSchema()) return this.structure(schema);
    if (schema.isListSchema()) {
      const items = [this.sample(schema.getValueSchema()), this.sample(schema.getValueSchema())];
      return items.filter((item) => item !== undefined);
    }
    if (schema.isMapSchema()) return { [this.text("key")]: this.sample(schema.getValueSchema()) };
    return this.scalar(schema);
  }

  private structure(schema: NormalizedSchema): Record<string, unknown> | undefined {
    const source = schema.getSchema();
    if (this.open.has(source)) return undefined;
    this.open.add(source);
    const members = [...schema.structIterator()];
    const chosen = schema.isUnionSchema() ? [members[this.count++ % members.length]!] : members;
    const value: Record<string, unknown> = {};
    for (const [name, member] of chosen) {
      const item = this.sample(member);
      if (item !== undefined) value[name] = item;
    }
    this.open.delete(source);
    return value;
  }

  private scalar(schema: NormalizedSchema): unknown {
    const n = this.count++;
    if (schema.isBooleanSchema()) return n % 2 === 0;
    if (schema.isNumericSchema()) return n;
    if (schema.isTimestampSchema()) return new Date(1_700_000_000_000 + n * 1000);
    if (schema.isBlobSchema()) return new Uint8Array(Buffer.from(`\u0000\u00ff${n}`));
    if (schema.isDocumentSchema()) return { text: this.text("document"), list: [n, true] };
    return this.text(schema.getMemberName());
  }

  private text(name: string): string {
    return `${name}-${this.count++} <&>"' é€😀 +%/=\n.`;
  }
}

/** The value without members that are undefined, and binary data in a form that compares by content. */
export function comparable(value: unknown): unknown {
  if (value instanceof Uint8Array) return `base64:${Buffer.from(value).toString("base64")}`;
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map(comparable);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).filter(([key, item]) => item !== undefined && key !== "$metadata");
  return Object.fromEntries(entries.map(([key, item]) => [key, comparable(item)]));
}
