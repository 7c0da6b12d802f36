import { AwsError } from "../../base/errors.ts";
import type { OperationModel } from "../model.ts";
import type { WireResponse } from "../protocol.ts";
import { RestXmlWire } from "../rest-xml.ts";
import type { StructureShape } from "../shape.ts";
import type { RoutedRequest } from "../wire.ts";
import type { WireError } from "../wire-error.ts";
import { escapeXml, xmlElement } from "../xml-writer.ts";
import { checkBody } from "./body-check.ts";

export const S3_NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** restXml as S3 speaks it: its own form of errors, ids in headers of its own, digests of bodies. */
export class S3Wire extends RestXmlWire {
  constructor() {
    super(S3_NAMESPACE);
  }

  override readInput(operation: OperationModel, request: RoutedRequest): unknown {
    if (!request.payload) checkBody(operation.name, request);
    try {
      return super.readInput(operation, request);
    } catch (cause) {
      if (!(cause instanceof AwsError) || cause.code !== "SerializationException") throw cause;
      if (!request.body.byteLength) throw new AwsError("InvalidArgument", cause.message, 400);
      throw malformedXml();
    }
  }

  override writeOutput(operation: OperationModel, output: unknown, requestId: string): WireResponse {
    const response = withIds(super.writeOutput(operation, output, requestId), requestId);
    // The model has no member for the status of a range.
    if (response.headers["content-range"]) response.status = 206;
    return response;
  }

  override writeError(error: WireError, requestId: string): WireResponse {
    const { Region: region } = error.fields;
    const headers: Record<string, string> = { "content-type": this.contentType };
    if (typeof region === "string") headers["x-amz-bucket-region"] = region;
    if (error.status === 304) return withIds({ status: 304, headers: {}, body: "" }, requestId);
    const detail = Object.entries({ Code: error.queryCode, Message: error.message, ...error.fields })
      .map(([name, value]) => xmlElement(name, String(value)))
      .join("");
    const ids = xmlElement("RequestId", requestId) + xmlElement("HostId", hostId(requestId));
    return withIds({ status: error.status, headers, body: `${DECLARATION}<Error>${detail}${ids}</Error>` }, requestId);
  }

  override writeDocument(shape: StructureShape, output: Record<string, unknown>): string {
    if (shape.name !== "GetBucketLocationOutput") return super.writeDocument(shape, output);
    // Its one member is not inside the document: it is the document.
    const region = escapeXml(String(output["LocationConstraint"] ?? ""));
    return `${DECLARATION}<LocationConstraint xmlns="${S3_NAMESPACE}">${region}</LocationConstraint>`;
  }
}

/** The body is not of the operation's form. */
export function malformedXml(): AwsError {
  return new AwsError(
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
    400,
  );
}

function withIds(response: WireResponse, requestId: string): WireResponse {
  delete response.headers["x-amzn-requestid"];
  response.headers["x-amz-request-id"] = requestId;
  response.headers["x-amz-id-2"] = hostId(requestId);
  response.headers["server"] = "AmazonS3";
  return response;
}

/** S3's second id of a request; support asks for it on AWS, here it says nothing new. */
function hostId(requestId: string): string {
  return Buffer.from(requestId).toString("base64");
}
