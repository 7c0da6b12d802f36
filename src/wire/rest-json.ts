import { JsonCodec } from "./json.ts";
import type { OperationModel } from "./model.ts";
import type { WireResponse } from "./protocol.ts";
import { isBound, readRestInput, type BodyReader } from "./rest-input.ts";
import { writeRestOutput, type BodyWriter } from "./rest-output.ts";
import { StructureShape, type Member } from "./shape.ts";
import type { RoutedRequest, Wire } from "./wire.ts";
import type { WireError } from "./wire-error.ts";

/** restJson1, https://smithy.io/2.0/aws/protocols/aws-restjson1-protocol.html */
export class RestJsonWire implements Wire, BodyReader, BodyWriter {
  readonly contentType = "application/json";
  private readonly codec = new JsonCodec(true);

  readInput(operation: OperationModel, request: RoutedRequest): unknown {
    return readRestInput(this, operation.input, request);
  }

  writeOutput(operation: OperationModel, output: unknown, requestId: string): WireResponse {
    return writeRestOutput(this, operation, output, requestId);
  }

  writeError(error: WireError, requestId: string): WireResponse {
    return {
      status: error.status,
      headers: {
        "content-type": this.contentType,
        "x-amzn-errortype": error.name,
        "x-amzn-requestid": requestId,
      },
      body: JSON.stringify({ [error.messageMember]: error.message, ...error.fields }),
    };
  }

  readDocument(shape: StructureShape, body: Buffer): Record<string, unknown> {
    return this.codec.read(documentOf(shape), body) as Record<string, unknown>;
  }

  readPayload(member: Member, body: Buffer): unknown {
    return this.codec.read(member.shape, body);
  }

  writeDocument(shape: StructureShape, output: Record<string, unknown>): string {
    return this.codec.write(documentOf(shape), output);
  }

  writePayload(member: Member, value: unknown): string {
    return this.codec.write(member.shape, value);
  }
}

const documents = new WeakMap<StructureShape, StructureShape>();

/** The shape without the members that are bound to the rest of the message. */
function documentOf(shape: StructureShape): StructureShape {
  let document = documents.get(shape);
  if (!document) {
    document = new StructureShape(shape.name, shape.union, undefined, () =>
      shape.members.filter((member) => !isBound(member)),
    );
    documents.set(shape, document);
  }
  return document;
}
