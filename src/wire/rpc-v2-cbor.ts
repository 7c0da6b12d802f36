import { cbor, tag } from "@smithy/core/cbor";
import type { NumericValue } from "@smithy/core/serde";
import { isWellFormedCbor } from "./cbor-check.ts";
import type { OperationModel } from "./model.ts";
import type { WireResponse } from "./protocol.ts";
import { dateFromText } from "./scalar-text.ts";
import type { Member } from "./shape.ts";
import { readTree, writeTree, type TreeDialect } from "./tree.ts";
import type { RoutedRequest, Wire } from "./wire.ts";
import { queryErrorHeader, type WireError } from "./wire-error.ts";
import { serializationFailure } from "./wire-failure.ts";

/** CBOR's tag of seconds since 1970. */
const EPOCH_TAG = 1;

const DIALECT: TreeDialect = {
  readDate(value: unknown): Date | undefined {
    const seconds = isTagged(value) ? Number(value.value) : value;
    return typeof seconds === "number" ? dateFromText(String(seconds), "epoch-seconds") : undefined;
  },
  writeDate: (date: Date) => tag({ tag: EPOCH_TAG, value: date.getTime() / 1000 }),
  readBytes: (value: unknown) => (value instanceof Uint8Array ? value : undefined),
  writeBytes: (bytes: Uint8Array) => bytes,
  writeDecimal: (value: NumericValue) => value,
  writeBigInteger: (value: bigint) => value,
  memberName: (member: Member) => member.name,
};

function isTagged(value: unknown): value is { tag: number; value: unknown } {
  return typeof value === "object" && value !== null && "tag" in value && Number(value.tag) === EPOCH_TAG;
}

/** rpcv2Cbor, https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html */
export class RpcV2CborWire implements Wire {
  private readonly queryCompatible: boolean;

  constructor(queryCompatible: boolean) {
    this.queryCompatible = queryCompatible;
  }

  readInput(operation: OperationModel, request: RoutedRequest): unknown {
    return readTree(DIALECT, operation.input, request.body.byteLength ? decode(request.body) : undefined);
  }

  writeOutput(operation: OperationModel, output: unknown, requestId: string): WireResponse {
    const body =
      operation.output.kind === "unit" ? "" : cbor.serialize(writeTree(DIALECT, operation.output, output)).slice();
    return this.respond(200, body, requestId);
  }

  writeError(error: WireError, requestId: string): WireResponse {
    const type = `${error.namespace}#${error.name}`;
    const body = cbor.serialize({ __type: type, [error.messageMember]: error.message, ...error.fields }).slice();
    const response = this.respond(error.status, body, requestId);
    if (this.queryCompatible) response.headers["x-amzn-query-error"] = queryErrorHeader(error);
    return response;
  }

  private respond(status: number, body: string | Uint8Array, requestId: string): WireResponse {
    const headers: Record<string, string> = { "smithy-protocol": "rpc-v2-cbor", "x-amzn-requestid": requestId };
    if (body !== "") headers["content-type"] = "application/cbor";
    return { status, headers, body };
  }
}

function decode(body: Buffer): unknown {
  try {
    if (isWellFormedCbor(body)) return cbor.deserialize(body);
  } catch {
    // Something in it is of no type that the decoder knows.
  }
  throw serializationFailure("The request body is not valid CBOR");
}
