import { errnoOf, messageOf } from "../../../base/errors.ts";

/** A registry that refused, failed or could not be reached. The words are containerd's, which Fargate passes on. */
export class RegistryError extends Error {
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;
  /** What the registry asked for, in milliseconds. */
  readonly retryAfterMs: number | undefined;

  constructor(message: string, retryable: boolean, retryAfterMs?: number) {
    super(message);
    this.name = "RegistryError";
    this.retryable = retryable;
    this.retryAfterMs = retryAfterMs;
  }
}

const CERTIFICATE_ERRORS: Record<string, string> = {
  CERT_HAS_EXPIRED: "certificate has expired or is not yet valid",
  ERR_TLS_CERT_ALTNAME_INVALID: "certificate is not valid for this name",
};

/** What `fetch` says of ports that it refuses. https://fetch.spec.whatwg.org/#port-blocking */
const BAD_PORT = "bad port";

/** An error of `fetch` as Go's HTTP client would word it: `Head "https://…": dial tcp 10.0.0.1:443: i/o timeout`. */
export function networkError(cause: unknown, method: string, url: string): RegistryError {
  const inner = cause instanceof Error && cause.cause instanceof Error ? firstOf(cause.cause) : cause;
  const { hostname, port, protocol } = new URL(url);
  const address = inner instanceof Error && "address" in inner ? String(inner.address) : hostname;
  const dial = `dial tcp ${address}:${port || (protocol === "https:" ? "443" : "80")}`;
  const code = errnoOf(inner) ?? "";
  const request = `failed to do request: ${method[0]}${method.slice(1).toLowerCase()} "${url}"`;
  if (code in CERTIFICATE_ERRORS || /CERT|SELF_SIGNED|ISSUER|UNABLE_TO_VERIFY/.test(code)) {
    const reason = CERTIFICATE_ERRORS[code] ?? "certificate signed by unknown authority";
    return new RegistryError(`${request}: tls: failed to verify certificate: x509: ${reason}`, false);
  }
  if (messageOf(inner) === BAD_PORT)
    return new RegistryError(`${request}: port ${port} is one that web clients do not connect to`, false);
  return new RegistryError(`${request}: ${reasonOf(code, dial, hostname) ?? messageOf(inner)}`, true);
}

function reasonOf(code: string, dial: string, hostname: string): string | undefined {
  switch (code) {
    case "ENOTFOUND":
      return `dial tcp: lookup ${hostname}: no such host`;
    case "EAI_AGAIN":
      return `dial tcp: lookup ${hostname}: server misbehaving`;
    case "ECONNREFUSED":
      return `${dial}: connect: connection refused`;
    case "EHOSTUNREACH":
      return `${dial}: connect: no route to host`;
    case "ENETUNREACH":
      return `${dial}: connect: network is unreachable`;
    case "ETIMEDOUT":
    case "UND_ERR_CONNECT_TIMEOUT":
      return `${dial}: i/o timeout`;
    case "UND_ERR_HEADERS_TIMEOUT":
      return "net/http: timeout awaiting response headers";
    case "UND_ERR_SOCKET":
    case "ECONNRESET":
      return "unexpected EOF";
    default:
      return undefined;
  }
}

/** Node tries all addresses of a name and then throws them together. */
function firstOf(cause: Error): Error {
  return cause instanceof AggregateError && cause.errors[0] instanceof Error ? cause.errors[0] : cause;
}

/** The error for an HTTP status that is not success. */
export function statusError(response: Response, message: string): RegistryError {
  const retryable = response.status === 429 || response.status === 408 || response.status >= 500;
  return new RegistryError(message, retryable, retryAfter(response.headers));
}

/** `Retry-After`: seconds, or a date, which is compared with the server's own clock. */
function retryAfter(headers: Headers): number | undefined {
  const header = headers.get("retry-after");
  if (header === null) return undefined;
  const seconds = Number(header);
  const milliseconds = Number.isFinite(seconds)
    ? seconds * 1000
    : Date.parse(header) - Date.parse(headers.get("date") ?? "");
  return milliseconds > 0 ? milliseconds : undefined;
}
