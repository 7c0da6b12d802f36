import type { WireResponse } from "./protocol.ts";

/** An XML document with the declaration and headers that AWS sends. */
export function xmlResponse(status: number, document: string, requestId: string, type = "text/xml"): WireResponse {
  return {
    status,
    headers: { "content-type": `${type};charset=UTF-8`, "x-amzn-requestid": requestId },
    body: `<?xml version="1.0" encoding="UTF-8"?>\n${document}`,
  };
}
