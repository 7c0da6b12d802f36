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
  /** Labels that are not in the path: the service finds them elsewhere, as S3 the bucket in the host's name. */
  outside: readonly string[];
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

  /** @param labels those that the service found outside of the path */
  match(request: WireRequest, labels: RestMatch["labels"] = {}): RestMatch | undefined {
    const outside = Object.keys(labels);
    for (const route of this.routes) {
      if (route.method !== request.method || !accepts(route, request)) continue;
      if (outside.length !== route.outside.length || !route.outside.every((label) => outside.includes(label))) continue;
      const match = route.path.exec(request.path);
      if (match) return { operation: route.operation, labels: { ...labels, ...match.groups } };
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
    outside: labelsOf(operation).filter(
      (label) => !parts.some((part) => part === `{${label}}` || part === `{${label}+}`),
    ),
  };
}

function partPattern(part: string): string {
  const label = /^\{(\w+)(\+?)\}$/.exec(part);
  if (!label) return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return `(?<${label[1]}>${label[2] ? ".+" : "[^/]+"})`;
}

function labelsOf({ input }: OperationModel): string[] {
  return input.kind === "structure"
    ? input.members.filter(({ traits }) => traits.httpLabel).map(({ name }) => name)
    : [];
}

function neededOutsideBody({ input }: OperationModel): { header?: string; query?: string }[] {
  if (input.kind !== "structure") return [];
  return input.members
    .filter((member) => member.required && (member.traits.httpHeader ?? member.traits.httpQuery))
    .map(({ traits }) => ({ header: traits.httpHeader?.toLowerCase(), query: traits.httpQuery }));
}
