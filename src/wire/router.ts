import { claimedService } from "../identity/credential-scope.ts";
import type { Protocol, WireRequest } from "./protocol.ts";
import type { ServiceDefinition } from "./service.ts";

/** Where a request goes. The operation's name is not checked: that needs the service's model. */
export interface Route {
  service: ServiceDefinition;
  protocol: Protocol;
  /** Undefined for REST, whose paths only the model knows, and when the request does not say. */
  operation: string | undefined;
}

/** Finds the service, protocol and operation of a request from what services say of themselves before they are loaded. */
export class Router {
  private readonly byTarget = new Map<string, ServiceDefinition>();
  private readonly services: readonly ServiceDefinition[];

  constructor(services: readonly ServiceDefinition[]) {
    this.services = services;
    for (const service of services) {
      const { targetPrefix, targetAliases = [] } = service.statics;
      if (targetPrefix) for (const prefix of [targetPrefix, ...targetAliases]) this.byTarget.set(prefix, service);
    }
  }

  route(request: WireRequest): Route | undefined {
    return this.byHeader(request) ?? this.byAction(request) ?? this.byScope(request) ?? this.byHost(request);
  }

  /** JSON and CBOR name service and operation in a header or the path. */
  private byHeader(request: WireRequest): Route | undefined {
    const target = request.headers["x-amz-target"];
    if (target !== undefined) {
      const dot = target.lastIndexOf(".");
      const service = this.byTarget.get(target.slice(0, Math.max(dot, 0)));
      const protocol = service && jsonProtocol(service, request.headers["content-type"]);
      return protocol && { service, protocol, operation: target.slice(dot + 1) };
    }
    if (request.headers["smithy-protocol"] !== "rpc-v2-cbor") return undefined;
    const path = /\/service\/([^/]+)\/operation\/([^/]+)\/?$/.exec(request.path);
    const service = path && this.byTarget.get(path[1]!);
    return service?.wires.rpcv2Cbor && { service, protocol: "rpcv2Cbor", operation: path![2] };
  }

  /** Query protocols name the operation in the form, and the service only in the signature or by its version. */
  private byAction(request: WireRequest): Route | undefined {
    const form = request.form ?? request.query;
    const action = form.get("Action");
    if (action === null) return undefined;
    const version = form.get("Version");
    const claimed = claimedService(request);
    const candidates = this.services.filter(queryProtocol);
    const service =
      candidates.find(({ statics }) => statics.signingName === claimed) ??
      (claimed === undefined ? candidates.find(({ statics }) => statics.version === version) : undefined);
    return service && { service, protocol: queryProtocol(service)!, operation: action };
  }

  /** REST services, and requests that name no operation at all, are told apart by the signature. */
  private byScope(request: WireRequest): Route | undefined {
    const claimed = claimedService(request);
    const service = claimed && this.services.find(({ statics }) => statics.signingName === claimed);
    return service ? { service, protocol: service.statics.protocols[0]!, operation: undefined } : undefined;
  }

  /** Requests without a signature, to names that only one service has. */
  private byHost(request: WireRequest): Route | undefined {
    if (claimedService(request) !== undefined) return undefined;
    const service = this.services.find(({ statics }) => statics.dialect?.isMeant(request));
    return service && { service, protocol: service.statics.protocols[0]!, operation: undefined };
  }
}

function jsonProtocol({ wires }: ServiceDefinition, contentType: string | undefined): Protocol | undefined {
  const asked: Protocol = contentType?.includes("x-amz-json-1.0") ? "awsJson1_0" : "awsJson1_1";
  if (wires[asked]) return asked;
  return wires.awsJson1_1 ? "awsJson1_1" : wires.awsJson1_0 ? "awsJson1_0" : undefined;
}

function queryProtocol({ wires }: ServiceDefinition): Protocol | undefined {
  return wires.awsQuery ? "awsQuery" : wires.ec2Query ? "ec2Query" : undefined;
}
