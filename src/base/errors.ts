/**
 * The one error that reaches AWS clients. Services throw it (through the constructors in their `errors.ts`), the wire
 * layer alone turns it into JSON, XML or CBOR.
 */
export class AwsError extends Error {
  /** The modelled shape name (`ClusterNotFoundException`) or the wire code (`InvalidVpcID.NotFound`). */
  readonly code: string;
  /** Overrides the HTTP status of the error's model. */
  readonly status: number | undefined;
  /** Further modelled members of the error shape. */
  readonly fields: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, status?: number, fields: Record<string, unknown> = {}) {
    super(message);
    this.name = "AwsError";
    this.code = code;
    this.status = status;
    this.fields = fields;
  }
}

/** The text of anything that was thrown. */
export function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

/** The `code` of a Node system error, such as `ENOENT`. */
export function errnoOf(cause: unknown): string | undefined {
  return cause instanceof Error && "code" in cause && typeof cause.code === "string" ? cause.code : undefined;
}
