import type { StaticErrorSchema, StaticOperationSchema } from "@smithy/types";
import { translateTraits } from "@smithy/core/schema";
import type { Bounds } from "./bounds.ts";
import { ShapeCompiler, type Shape, type Traits } from "./shape.ts";

/** An operation as the protocols see it. */
export interface OperationModel {
  name: string;
  input: Shape;
  output: Shape;
  /** Method, URI pattern and status of a REST operation. */
  http: readonly [method: string, uri: string, status: number] | undefined;
  /** Whether its input's body is read while it arrives. */
  streamsInput: boolean;
}

/** What is known of a modelled error. */
export interface ErrorModel {
  name: string;
  fault: "client" | "server";
  httpStatus: number | undefined;
  queryCode: string | undefined;
  queryStatus: number | undefined;
  members: readonly string[];
}

/** A service's operations and errors, from the schemas that its SDK module exports. */
export class ServiceModel {
  /** `com.amazonaws.ecs`. */
  readonly namespace: string;
  private readonly schemas = new Map<string, StaticOperationSchema>();
  private readonly operations = new Map<string, OperationModel>();
  private readonly errors = new Map<string, ErrorModel>();
  /** A query code may be the name of another error. */
  private readonly errorsByQueryCode = new Map<string, ErrorModel>();
  private readonly compiler: ShapeCompiler;

  constructor(sdk: object, bounds: Bounds) {
    const exported = sdk as Readonly<Record<string, unknown>>;
    let namespace = "";
    for (const schema of Object.values(exported)) {
      if (!Array.isArray(schema)) continue;
      if (schema[0] === 9) {
        const operation = schema as StaticOperationSchema;
        this.schemas.set(operation[2], operation);
        namespace = operation[1];
      } else if (schema[0] === -3) this.addError(schema as StaticErrorSchema);
    }
    this.namespace = namespace;
    this.compiler = new ShapeCompiler(bounds, exported);
  }

  get operationNames(): readonly string[] {
    return [...this.schemas.keys()];
  }

  /** The operation of that name; compiled at its first use, as EC2 has hundreds. */
  operation(name: string): OperationModel | undefined {
    const known = this.operations.get(name);
    if (known) return known;
    const schema = this.schemas.get(name);
    if (!schema) return undefined;
    const traits = traitsOf(schema[3]);
    const input = this.compiler.shape(schema[4]);
    const operation: OperationModel = {
      name,
      input,
      output: this.compiler.shape(schema[5]),
      http: traits.http as OperationModel["http"],
      streamsInput: input.kind === "structure" && input.members.some(({ traits: { streaming } }) => streaming),
    };
    this.operations.set(name, operation);
    return operation;
  }

  /** The error with that shape name or query code. */
  error(code: string): ErrorModel | undefined {
    return this.errors.get(code) ?? this.errorsByQueryCode.get(code);
  }

  private addError(schema: StaticErrorSchema): void {
    const traits = traitsOf(schema[3]);
    const [queryCode, queryStatus] = (traits.awsQueryError ?? []) as [string?, number?];
    const error: ErrorModel = {
      name: schema[2],
      fault: traits.error === "server" ? "server" : "client",
      httpStatus: traits.httpError as number | undefined,
      queryCode,
      queryStatus,
      members: schema[4],
    };
    this.errors.set(error.name, error);
    if (queryCode) this.errorsByQueryCode.set(queryCode, error);
  }
}

function traitsOf(traits: StaticOperationSchema[3]): Traits {
  return translateTraits(traits);
}
