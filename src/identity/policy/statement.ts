import type { Condition } from "./condition.ts";
import type { Glob } from "../../base/glob.ts";
import type { KeyValues } from "./key-values.ts";
import type { Pattern } from "./pattern.ts";
import { isDenied, isSpared, namingOf, type PrincipalNames } from "./principal-element.ts";
import type { Naming, Subject } from "./subject.ts";

/** A place in the text of a policy, from 1. */
export interface Position {
  line: number;
  column: number;
}

/** What a policy is asked about. */
export interface PolicyRequest {
  /** In lower case: `ecs:runtask`. */
  action: string;
  /** `*` where an action knows no resources. */
  resource: string;
  keys: KeyValues;
}

export interface StatementParts {
  sid: string | undefined;
  effect: "Allow" | "Deny";
  actions: readonly Glob[];
  notActions: boolean;
  /** Unset where a statement has no `Resource`: then it is about what its policy is attached to. */
  resources: readonly Pattern[] | undefined;
  notResources: boolean;
  /** Unset in identity policies. */
  principals: PrincipalNames | undefined;
  notPrincipals: boolean;
  conditions: readonly Condition[];
  /** Keys of variables in its resources, as they are written. */
  resourceKeys: readonly string[];
  start: Position;
  end: Position;
}

/** A statement, compiled. */
export class Statement {
  readonly sid: string | undefined;
  readonly effect: "Allow" | "Deny";
  /** Where its text stands, as the policy simulator tells it. */
  readonly start: Position;
  readonly end: Position;
  /** Whether it says which resources it is about. */
  readonly namesResources: boolean;
  /** The condition keys that it asks for, as they are written. */
  readonly keys: readonly string[];
  /** Of `Principal` or `NotPrincipal`. */
  readonly principals: PrincipalNames | undefined;
  /** Whether one of its keys is a tag of the resource. */
  readonly asksResourceTags: boolean;
  private readonly parts: StatementParts;

  constructor(parts: StatementParts) {
    this.parts = parts;
    this.sid = parts.sid;
    this.effect = parts.effect;
    this.start = parts.start;
    this.end = parts.end;
    this.namesResources = parts.resources !== undefined;
    this.principals = parts.principals;
    this.keys = [...new Set([...parts.resourceKeys, ...parts.conditions.flatMap(({ keys }) => keys)])];
    this.asksResourceTags = this.keys.some((key) => /:(resource|existingobject)tag\//i.test(key));
  }

  /** @param action in lower case */
  coversAction(action: string): boolean {
    const { actions, notActions } = this.parts;
    return actions.some((glob) => glob.matches(action)) !== notActions;
  }

  coversResource({ resource, keys }: PolicyRequest): boolean {
    const { resources, notResources } = this.parts;
    return resources === undefined || resources.some((pattern) => pattern.matches(resource, keys)) !== notResources;
  }

  /** Whether action, resource and conditions are as it says. */
  applies(request: PolicyRequest): boolean {
    return (
      this.coversAction(request.action) &&
      this.coversResource(request) &&
      this.parts.conditions.every((condition) => condition.holds(request.keys))
    );
  }

  /**
   * How it is about somebody; `undefined` when it is not. A statement without principals is about whoever has its policy.
   * @param bounded whether the subject has a permissions boundary: then no `NotPrincipal` spares it, whatever it names
   */
  namingOf(subject: Subject, bounded = false): Naming | undefined {
    const { principals, notPrincipals } = this.parts;
    if (!principals) return "direct";
    if (this.effect === "Deny") {
      const denied = notPrincipals ? bounded || !isSpared(principals, subject) : isDenied(principals, subject);
      return denied ? "direct" : undefined;
    }
    const naming = namingOf(principals, subject);
    if (!notPrincipals) return naming;
    return naming ? undefined : "direct";
  }
}
