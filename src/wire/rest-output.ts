import type { OperationModel } from "./model.ts";
import type { WireResponse } from "./protocol.ts";
import { isBound } from "./rest-input.ts";
import { scalarToText } from "./scalar-text.ts";
import type { Member, StructureShape } from "./shape.ts";

/** Writes the document of a REST body. */
export interface BodyWriter {
  contentType: string;
  writeDocument(shape: StructureShape, output: Record<string, unknown>): string;
  writePayload(member: Member, value: unknown): string;
}

/** Spreads a REST output over status, headers and body, https://smithy.io/2.0/spec/http-bindings.html */
export function writeRestOutput(
  writer: BodyWriter,
  operation: OperationModel,
  output: unknown,
  requestId: string,
): WireResponse {
  const response: WireResponse = {
    status: operation.http?.[2] ?? 200,
    headers: { "x-amzn-requestid": requestId },
    body: "",
  };
  const { output: shape } = operation;
  if (shape.kind !== "structure") return response;
  const values = (output ?? {}) as Record<string, unknown>;
  for (const member of shape.members) {
    const value = values[member.name];
    if (value !== undefined && value !== null && isBound(member)) writeBound(writer, member, value, response);
  }
  if (shape.members.some((member) => !isBound(member))) {
    response.body = writer.writeDocument(shape, values);
    response.headers["content-type"] = writer.contentType;
  }
  return response;
}

function writeBound(writer: BodyWriter, member: Member, value: unknown, response: WireResponse): void {
  const { traits } = member;
  if (traits.httpResponseCode) response.status = value as number;
  else if (traits.httpHeader !== undefined)
    response.headers[traits.httpHeader.toLowerCase()] = headerText(member, value);
  else if (traits.httpPrefixHeaders !== undefined) {
    for (const [key, text] of Object.entries(value as Record<string, unknown>))
      response.headers[(traits.httpPrefixHeaders + key).toLowerCase()] = String(text);
  } else if (traits.httpPayload) writePayload(writer, member, value, response);
}

function headerText(member: Member, value: unknown): string {
  const { shape } = member;
  if (shape.kind !== "list") return scalarToText(member, value, "http-date");
  return (value as unknown[]).map((item) => quoted(scalarToText(shape.item, item, "http-date"))).join(", ");
}

function quoted(text: string): string {
  return /[",]/.test(text) && !/^[A-Z][a-z]{2}, /.test(text) ? `"${text.replace(/["\\]/g, "\\$&")}"` : text;
}

function writePayload(writer: BodyWriter, member: Member, value: unknown, response: WireResponse): void {
  if (member.shape.kind === "blob" || member.shape.kind === "string") {
    response.body = value as WireResponse["body"];
    response.headers["content-type"] ??= member.shape.kind === "blob" ? "application/octet-stream" : "text/plain";
  } else {
    response.body = writer.writePayload(member, value);
    response.headers["content-type"] = writer.contentType;
  }
}
