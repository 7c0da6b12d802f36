import { NormalizedSchema } from "@smithy/core/schema";
import type { SchemaRef, SchemaTraitsObject } from "@smithy/types";
import type { Bounds } from "./bounds.ts";
import { Constraint } from "./constraint.ts";

/** The traits that the protocols read, named as in the SDK's schemas. */
export type Traits = SchemaTraitsObject;

export type TimestampFormat = "date-time" | "http-date" | "epoch-seconds";

export interface ScalarShape {
  kind: "string" | "boolean" | "number" | "bigInteger" | "bigDecimal" | "timestamp" | "blob" | "document";
  /** Of a timestamp whose model names a format. */
  format?: TimestampFormat;
}

export interface ListShape {
  kind: "list";
  item: Member;
  sparse: boolean;
}

export interface MapShape {
  kind: "map";
  key: Member;
  value: Member;
  sparse: boolean;
}

/** A value in its place: the member of a structure, the item of a list, the key or value of a map. */
export interface Member {
  name: string;
  shape: Shape;
  /** Of the target and the member, the member's first. */
  traits: Traits;
  /** Of the member alone. */
  ownTraits: Traits;
  required: boolean;
  constraint: Constraint | undefined;
}

export type Shape = ScalarShape | ListShape | MapShape | StructureShape | UnitShape;

/** The absence of an input or output. */
export interface UnitShape {
  kind: "unit";
}

/** A structure, union or error. Its members are compiled when first asked for: shapes may contain themselves. */
export class StructureShape {
  readonly kind = "structure";
  readonly name: string;
  readonly union: boolean;
  /** What XML calls the structure where it is a whole document, when that is not its name. */
  readonly xmlName: string | undefined;
  private readonly compile: () => Member[];
  private compiled: Member[] | undefined;

  constructor(name: string, union: boolean, xmlName: string | undefined, compile: () => Member[]) {
    this.name = name;
    this.union = union;
    this.xmlName = xmlName;
    this.compile = compile;
  }

  get members(): readonly Member[] {
    return (this.compiled ??= this.compile());
  }
}

const TIMESTAMP_FORMATS: Record<number, TimestampFormat> = { 5: "date-time", 6: "http-date", 7: "epoch-seconds" };

/** Turns a service's SDK schemas and bounds into plain shapes; each structure once. */
export class ShapeCompiler {
  private readonly structures = new Map<unknown, StructureShape>();
  private readonly bounds: Bounds;
  private readonly enums: Readonly<Record<string, unknown>>;

  /** @param enums the SDK module, which exports each enum as an object of its values */
  constructor(bounds: Bounds, enums: Readonly<Record<string, unknown>>) {
    this.bounds = bounds;
    this.enums = enums;
  }

  /** The shape of an operation's input or output. */
  shape(ref: SchemaRef): Shape {
    return this.compile(NormalizedSchema.of(ref), "");
  }

  private compile(schema: NormalizedSchema, place: string): Shape {
    if (schema.isUnitSchema()) return { kind: "unit" };
    if (schema.isStructSchema()) return this.structure(schema);
    if (schema.isListSchema()) {
      const item = this.member("member", schema.getValueSchema(), `${place}[]`, false);
      return { kind: "list", item, sparse: isSparse(schema) };
    }
    if (schema.isMapSchema()) {
      const key = this.member("key", schema.getKeySchema(), `${place}{key}`, false);
      const value = this.member("value", schema.getValueSchema(), `${place}{}`, false);
      return { kind: "map", key, value, sparse: isSparse(schema) };
    }
    return scalar(schema);
  }

  private structure(schema: NormalizedSchema): StructureShape {
    const source = schema.getSchema();
    const known = this.structures.get(source);
    if (known) return known;
    const name = schema.getName() ?? "";
    const required = requiredCount(source);
    const { xmlName } = NormalizedSchema.of(source).getOwnTraits();
    const structure = new StructureShape(name, schema.isUnionSchema(), xmlName, () =>
      Array.from(schema.structIterator(), ([member, target], index) =>
        this.member(member, target, `${name}.${member}`, index < required),
      ),
    );
    this.structures.set(source, structure);
    return structure;
  }

  private member(name: string, schema: NormalizedSchema, place: string, required: boolean): Member {
    const bound = this.bounds[place];
    return {
      name,
      shape: this.compile(schema, place),
      traits: schema.getMergedTraits(),
      ownTraits: schema.getMemberTraits(),
      required,
      constraint: bound && new Constraint(bound, this.enums),
    };
  }
}

/** Required members come first in a schema tuple, and its last element counts them. */
function requiredCount(source: unknown): number {
  return Array.isArray(source) && typeof source[6] === "number" ? source[6] : 0;
}

function isSparse(schema: NormalizedSchema): boolean {
  return Boolean((schema.getMergedTraits() as { sparse?: unknown }).sparse);
}

function scalar(schema: NormalizedSchema): ScalarShape {
  if (schema.isStringSchema()) return { kind: "string" };
  if (schema.isNumericSchema()) return { kind: "number" };
  if (schema.isBooleanSchema()) return { kind: "boolean" };
  if (schema.isTimestampSchema())
    return { kind: "timestamp", format: TIMESTAMP_FORMATS[schema.getSchema() as unknown as number] };
  if (schema.isBlobSchema()) return { kind: "blob" };
  if (schema.isBigIntegerSchema()) return { kind: "bigInteger" };
  if (schema.isBigDecimalSchema()) return { kind: "bigDecimal" };
  return { kind: "document" };
}
