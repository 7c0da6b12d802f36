import type { OperationModel, ServiceModel } from "./model.ts";
import type { WireRequest } from "./protocol.ts";

/** Where a REST operation is found. */
interface RestRoute {
  operation: string;
  method: string;
  path: RegExp;
  /** Parts of the path that are no labels: the more, the more specific. */
  literals: number;
  /** Constant query parameters, such as `?acl`; an empty value stands for any. */
  query: readonly (readonly [string, string])[];
  /** Required members outside the body: they tell CopyObject from PutObject. */
  needs: readonly { header?: string; query?: string }[];
}

export interface RestMatch {
  operation: string;
  labels: Readonly<Record<string, string>>;
}

/** The routes of one REST service, the most specific first. */
export class RestRoutes {
  private readonly routes: readonly RestRoute[];

  /** @param model undefined for services without a REST protocol */
  constructor(model: ServiceModel | undefined) {
    this.routes = (model?.operationNames ?? [])
      .map((name) => routeOf(model!.operation(name)!))
      .filter((route) => route !== undefined)
      .sort((a, b) => specificity(b) - specificity(a) || b.literals - a.literals);
  }

  match(request: WireRequest): RestMatch | undefined {
    for (const route of this.routes) {
      if (route.method !== request.method || !accepts(route, request)) continue;
      const match = route.path.exec(request.path);
      if (match) return { operation: route.operation, labels: match.groups ?? {} };
    }
    return undefined;
  }
}

function specificity(route: RestRoute): number {
  return route.query.length + route.needs.length;
}

function accepts({ query, needs }: RestRoute, request: WireRequest): boolean {
  return (
    query.every(([key, value]) => request.query.has(key) && (!value || request.query.get(key) === value)) &&
    needs.every((need) =>
      need.header === undefined ? request.query.has(need.query!) : request.headers[need.header] !== undefined,
    )
  );
}

function routeOf(operation: OperationModel): RestRoute | undefined {
  if (!operation.http) return undefined;
  const [method, uri] = operation.http;
  const [path = "", search = ""] = uri.split("?");
  const parts = path.split("/").filter(Boolean);
  return {
    operation: operation.name,
    method,
    path: new RegExp(`^/${parts.map(partPattern).join("/")}/?$`),
    literals: parts.filter((part) => !part.startsWith("{")).length,
    query: [...new URLSearchParams(search)].filter(([key]) => key !== "x-id"),
    needs: neededOutsideBody(operation),
  };
}

function partPattern(part: string): string {
  const label = /^\{(\w+)(\+?)\}$/.exec(part);
  if (!label) return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return `(?<${label[1]}>${label[2] ? ".+" : "[^/]+"})`;
}

function neededOutsideBody({ input }: OperationModel): { header?: string; query?: string }[] {
  if (input.kind !== "structure") return [];
  return input.members
    .filter((member) => member.required && (member.traits.httpHeader ?? member.traits.httpQuery))
    .map(({ traits }) => ({ header: traits.httpHeader?.toLowerCase(), query: traits.httpQuery }));
}
