import { MasterKeyError } from "../master-key.ts";

/** Which key of which token a `pkcs11:` URI names, https://www.rfc-editor.org/rfc/rfc7512 */
export interface TokenKeyUri {
  /** The shared library that speaks PKCS #11. */
  modulePath: string;
  /** The token's label, and its serial number, if it is named. */
  token: string | undefined;
  serial: string | undefined;
  /** The key's label, or its id in hexadecimal digits. */
  object: string | undefined;
  id: string | undefined;
  /** The file that holds the PIN. */
  pinFile: string | undefined;
}

const KNOWN = ["token", "serial", "object", "id", "type", "module-path", "pin-source"];

/** @throws MasterKeyError when it says something that is not known, or not enough */
export function parseTokenKeyUri(uri: string): TokenKeyUri {
  const [path = "", query = ""] = uri.replace(/^pkcs11:/, "").split("?");
  const attributes = new Map<string, string>();
  for (const part of [...path.split(";"), ...query.split("&")].filter(Boolean)) {
    const [name = "", value = ""] = part.split(/=(.*)/s);
    if (name === "pin-value")
      throw wrong("has a PIN in it, which others may see: name a file that holds it by pin-source");
    if (!KNOWN.includes(name)) throw wrong(`has "${name}", which is not known: there are ${KNOWN.join(", ")}`);
    attributes.set(name, name === "id" ? hexOf(value) : decode(value));
  }
  const modulePath = attributes.get("module-path");
  const [object, id] = [attributes.get("object"), attributes.get("id")];
  if (!modulePath?.startsWith("/")) throw wrong("must name the token's library by module-path, an absolute path");
  if (object === undefined && id === undefined) throw wrong("must name the key by object or id");
  if ((attributes.get("type") ?? "secret-key") !== "secret-key") throw wrong("must name a key of type secret-key");
  return {
    modulePath,
    token: attributes.get("token"),
    serial: attributes.get("serial"),
    object,
    id,
    pinFile: attributes.get("pin-source")?.replace(/^file:(\/\/)?/, ""),
  };
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    throw wrong("is not encoded as a URI");
  }
}

/** Bytes, of which any may be percent-encoded. */
function hexOf(value: string): string {
  return value.replace(/%([0-9a-f]{2})|(.)/gis, (_, hex: string | undefined, plain: string) =>
    (hex ?? Buffer.from(plain).toString("hex")).toLowerCase(),
  );
}

function wrong(what: string): MasterKeyError {
  return new MasterKeyError(`the URI of --master-key-pkcs11 ${what}`);
}
