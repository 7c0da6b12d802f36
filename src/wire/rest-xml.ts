import type { OperationModel } from "./model.ts";
import type { WireResponse } from "./protocol.ts";
import { isBound, readRestInput, type BodyReader } from "./rest-input.ts";
import { writeRestOutput, type BodyWriter } from "./rest-output.ts";
import type { Member, StructureShape } from "./shape.ts";
import type { RoutedRequest, Wire } from "./wire.ts";
import type { WireError } from "./wire-error.ts";
import { xmlResponse } from "./xml-response.ts";
import { readXml } from "./xml-reader.ts";
import { escapeXml, writeMember, xmlElement, xmlMembers } from "./xml-writer.ts";

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** restXml, https://smithy.io/2.0/aws/protocols/aws-restxml-protocol.html */
export class RestXmlWire implements Wire, BodyReader, BodyWriter {
  readonly contentType = "application/xml";
  private readonly xmlns: string;

  constructor(xmlNamespace: string) {
    this.xmlns = escapeXml(xmlNamespace);
  }

  readInput(operation: OperationModel, request: RoutedRequest): unknown {
    return readRestInput(this, operation.input, request);
  }

  writeOutput(operation: OperationModel, output: unknown, requestId: string): WireResponse {
    return writeRestOutput(this, operation, output, requestId);
  }

  writeError(error: WireError, requestId: string): WireResponse {
    const type = error.fault === "client" ? "Sender" : "Receiver";
    const detail =
      xmlElement("Type", type) + xmlElement("Code", error.queryCode) + xmlElement("Message", error.message);
    const document = `<ErrorResponse xmlns="${this.xmlns}"><Error>${detail}</Error>${xmlElement("RequestId", requestId)}</ErrorResponse>`;
    return xmlResponse(error.status, document, requestId, this.contentType);
  }

  readDocument(shape: StructureShape, body: Buffer): Record<string, unknown> {
    return readXml(shape, body);
  }

  readPayload(member: Member, body: Buffer): unknown {
    return member.shape.kind === "structure" ? readXml(member.shape, body) : undefined;
  }

  writeDocument(shape: StructureShape, output: Record<string, unknown>): string {
    const members = xmlMembers(shape, output, (member) => !isBound(member));
    const name = shape.xmlName ?? shape.name;
    return `${DECLARATION}<${name} xmlns="${this.xmlns}">${members}</${name}>`;
  }

  writePayload(member: Member, value: unknown): string {
    const name = member.traits.xmlName ?? (member.shape.kind === "structure" ? member.shape.name : member.name);
    return DECLARATION + writeMember(member, name, value);
  }
}
