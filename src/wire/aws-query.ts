import { AwsError } from "../base/errors.ts";
import { readForm, type FormDialect } from "./form.ts";
import type { OperationModel } from "./model.ts";
import type { WireResponse } from "./protocol.ts";
import type { RoutedRequest, Wire } from "./wire.ts";
import type { WireError } from "./wire-error.ts";
import { escapeXml, xmlElement, xmlMembers } from "./xml-writer.ts";
import { xmlResponse } from "./xml-response.ts";

const DIALECT: FormDialect = {
  memberName: (member) => member.traits.xmlName ?? member.name,
  flat: (list) => Boolean(list.traits.xmlFlattened),
  badScalar: (path, text) => new AwsError("MalformedInput", `The value '${text}' of ${path} is not of its type`, 400),
};

/** awsQuery, https://smithy.io/2.0/aws/protocols/aws-query-protocol.html */
export class AwsQueryWire implements Wire {
  private readonly xmlns: string;

  constructor(xmlNamespace: string) {
    this.xmlns = escapeXml(xmlNamespace);
  }

  readInput(operation: OperationModel, request: RoutedRequest): unknown {
    return readForm(DIALECT, operation.input, request.form ?? request.query);
  }

  writeOutput({ name, output: shape }: OperationModel, output: unknown, requestId: string): WireResponse {
    const members = xmlMembers(shape, (output ?? {}) as Record<string, unknown>);
    const result = shape.kind === "unit" ? "" : `<${name}Result>${members}</${name}Result>`;
    const metadata = `<ResponseMetadata>${xmlElement("RequestId", requestId)}</ResponseMetadata>`;
    return xmlResponse(200, `<${name}Response xmlns="${this.xmlns}">${result}${metadata}</${name}Response>`, requestId);
  }

  writeError(error: WireError, requestId: string): WireResponse {
    const type = error.fault === "client" ? "Sender" : "Receiver";
    const detail =
      xmlElement("Type", type) + xmlElement("Code", error.queryCode) + xmlElement("Message", error.message);
    return xmlResponse(
      error.status,
      `<ErrorResponse xmlns="${this.xmlns}"><Error>${detail}</Error>${xmlElement("RequestId", requestId)}</ErrorResponse>`,
      requestId,
    );
  }
}
