import { AwsError } from "../base/errors.ts";
import { readForm, type FormDialect } from "./form.ts";
import type { OperationModel } from "./model.ts";
import type { WireResponse } from "./protocol.ts";
import type { Member } from "./shape.ts";
import type { RoutedRequest, Wire } from "./wire.ts";
import type { WireError } from "./wire-error.ts";
import { xmlResponse } from "./xml-response.ts";
import { escapeXml, xmlElement, xmlMembers } from "./xml-writer.ts";

const DIALECT: FormDialect = {
  memberName: ec2Name,
  flat: () => true,
  badScalar: (path, text) =>
    new AwsError("InvalidParameterValue", `Value (${text}) for parameter ${path} is invalid.`, 400),
  unknown: (path) => new AwsError("UnknownParameter", `The parameter ${path} is not recognized`, 400),
};

function ec2Name({ traits, name }: Member): string {
  if (typeof traits.ec2QueryName === "string") return traits.ec2QueryName;
  const key = traits.xmlName ?? name;
  return key.charAt(0).toUpperCase() + key.slice(1);
}

/** ec2Query, https://smithy.io/2.0/aws/protocols/aws-ec2-query-protocol.html */
export class Ec2QueryWire implements Wire {
  private readonly xmlns: string;

  constructor(xmlNamespace: string) {
    this.xmlns = escapeXml(xmlNamespace);
  }

  readInput(operation: OperationModel, request: RoutedRequest): unknown {
    return readForm(DIALECT, operation.input, request.form ?? request.query);
  }

  /** Operations without an output answer `<return>true</return>`. */
  writeOutput({ name, output: shape }: OperationModel, output: unknown, requestId: string): WireResponse {
    const members =
      shape.kind === "unit"
        ? xmlElement("return", "true")
        : xmlMembers(shape, (output ?? {}) as Record<string, unknown>);
    const body = xmlElement("requestId", requestId) + members;
    return xmlResponse(200, `<${name}Response xmlns="${this.xmlns}">${body}</${name}Response>`, requestId);
  }

  writeError(error: WireError, requestId: string): WireResponse {
    const detail = xmlElement("Code", error.queryCode) + xmlElement("Message", error.message);
    return xmlResponse(
      error.status,
      `<Response><Errors><Error>${detail}</Error></Errors>${xmlElement("RequestID", requestId)}</Response>`,
      requestId,
    );
  }
}
