import type * as sdk from "@aws-sdk/client-ecs";
import type { ECSClient } from "@aws-sdk/client-ecs";

type Sdk = typeof sdk;

/** The operations of ECS, as the SDK has them. */
export type Operation = {
  [Key in keyof Sdk]: Key extends `${infer Name}Command` ? (Name extends "$" ? never : Name) : never;
}[keyof Sdk];

type CommandOf<Name extends Operation> = Sdk[`${Name}Command` & keyof Sdk] extends new (
  ...args: never[]
) => infer Command
  ? Command
  : never;
export type InputOf<Name extends Operation> = CommandOf<Name> extends { input: infer Input } ? Input : never;

/** What the cases work on. They only add to it, each under names of its own. */
export interface World {
  ecs: ECSClient;
  subnetIds: string[];
  groupIds: string[];
  /** A revision for Fargate, by its ARN. */
  plain: string;
  /** A task of no service that runs, by its ARN. */
  running: string;
  /** A task that has stopped, by its ARN. */
  stopped: string;
  /** The service `web` of one task, and its task, by their ARNs. */
  web: string;
  webTask: string;
}

export const REGION = "us-east-1";
export const arnOf = (resource: string) => `arn:aws:ecs:${REGION}:000000000000:${resource}`;

/** What can be good or bad about a request: that it is usual, at a limit, or beyond. */
export type Kind = "positive" | "boundary" | "negative";

export interface OperationCase {
  operation: Operation;
  kind: Kind;
  what: string;
  input: (world: World) => object;
  /** The members of the answer that matter. */
  answer?: (world: World) => object;
  refused?: { name: string; message: string | RegExp };
}

/** Cases of one operation. */
export class Cases<Name extends Operation> {
  readonly all: OperationCase[] = [];
  private readonly operation: Name;

  constructor(operation: Name) {
    this.operation = operation;
  }

  /** It does what it is for. */
  does(what: string, input: (world: World) => InputOf<Name>, answer: (world: World) => object): this {
    return this.add("positive", what, { input: input as (world: World) => object, answer });
  }

  /** It still does so at a limit. */
  reaches(what: string, input: (world: World) => InputOf<Name>, answer: (world: World) => object): this {
    return this.add("boundary", what, { input: input as (world: World) => object, answer });
  }

  refuses(what: string, input: (world: World) => InputOf<Name>, name: string, message: string | RegExp): this {
    return this.add("negative", what, { input: input as (world: World) => object, refused: { name, message } });
  }

  private add(kind: Kind, what: string, rest: Pick<OperationCase, "input" | "answer" | "refused">): this {
    this.all.push({ operation: this.operation, kind, what, ...rest });
    return this;
  }
}

export const of = <Name extends Operation>(operation: Name) => new Cases(operation);

export const INVALID = "InvalidParameterException";
export const CLIENT = "ClientException";
export const NO_CLUSTER = ["ClusterNotFoundException", "Cluster not found."] as const;

/** `n` texts. */
export const many = (n: number, text: (index: number) => string) =>
  Array.from({ length: n }, (_, index) => text(index));
/** `n` tags. */
export const tags = (n: number) => many(n, String).map((key) => ({ key, value: key }));
