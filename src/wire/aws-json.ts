import { JsonCodec } from "./json.ts";
import type { OperationModel } from "./model.ts";
import type { WireResponse } from "./protocol.ts";
import type { RoutedRequest, Wire } from "./wire.ts";
import { queryErrorHeader, type WireError } from "./wire-error.ts";

/** awsJson1_0 and awsJson1_1, https://smithy.io/2.0/aws/protocols/aws-json-1_1-protocol.html */
export class AwsJsonWire implements Wire {
  private readonly codec = new JsonCodec(false);
  private readonly version: "1.0" | "1.1";
  private readonly queryCompatible: boolean;

  constructor(version: "1.0" | "1.1", queryCompatible: boolean) {
    this.version = version;
    this.queryCompatible = queryCompatible;
  }

  readInput(operation: OperationModel, request: RoutedRequest): unknown {
    return this.codec.read(operation.input, request.body);
  }

  writeOutput(operation: OperationModel, output: unknown, requestId: string): WireResponse {
    const body = operation.output.kind === "unit" ? "" : this.codec.write(operation.output, output);
    return this.respond(200, body, requestId);
  }

  writeError(error: WireError, requestId: string): WireResponse {
    const type = this.version === "1.0" ? `${error.namespace}#${error.name}` : error.name;
    const body = JSON.stringify({ __type: type, [error.messageMember]: error.message, ...error.fields });
    const response = this.respond(error.status, body, requestId);
    if (this.queryCompatible) response.headers["x-amzn-query-error"] = queryErrorHeader(error);
    return response;
  }

  private respond(status: number, body: string, requestId: string): WireResponse {
    const headers = { "content-type": `application/x-amz-json-${this.version}`, "x-amzn-requestid": requestId };
    return { status, headers, body };
  }
}
