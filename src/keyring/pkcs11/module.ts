import koffi from "koffi";
import { messageOf } from "../../base/errors.ts";
import { MasterKeyError } from "../master-key.ts";

/*
 * The functions of a PKCS #11 library that are needed here, by the names of the standard:
 * https://docs.oasis-open.org/pkcs11/pkcs11-base/v2.40/pkcs11-base-v2.40.html
 */

/** Return values. */
export const CKR_OK = 0x000;
export const CKR_PIN_INCORRECT = 0x0a0;
const CKR_CRYPTOKI_ALREADY_INITIALIZED = 0x191;
export const CKR_USER_ALREADY_LOGGED_IN = 0x100;

/** A handle or a number. */
const ULONG = koffi.sizeof("unsigned long");

const ATTRIBUTE = koffi.struct({ type: "unsigned long", value: "void *", length: "unsigned long" });
const GCM_PARAMETERS = koffi.struct({
  iv: "void *",
  ivLength: "unsigned long",
  ivBits: "unsigned long",
  aad: "void *",
  aadLength: "unsigned long",
  tagBits: "unsigned long",
});
const MECHANISM = koffi.struct({
  mechanism: "unsigned long",
  parameter: koffi.pointer(GCM_PARAMETERS),
  length: "unsigned long",
});

const CKM_AES_GCM = 0x1087;
const TAG_BITS = 128;

type Type = string | ReturnType<typeof koffi.pointer>;

/** What a key is looked for by. */
export interface Attribute {
  type: number;
  value: Buffer;
}

/** A library that is loaded. Each call throws MasterKeyError, with the function and the standard's number of the error. */
export class Pkcs11Module {
  private readonly path: string;
  private readonly library: ReturnType<typeof koffi.load>;

  /** @throws MasterKeyError when it cannot be loaded */
  constructor(path: string) {
    this.path = path;
    try {
      this.library = koffi.load(path);
    } catch (cause) {
      throw new MasterKeyError(`the PKCS #11 library ${path} cannot be loaded: ${messageOf(cause)}`, { cause });
    }
  }

  /** Begins, does some work, and ends. */
  use<T>(work: () => T): T {
    this.call("C_Initialize", ["void *"], [null], [CKR_OK, CKR_CRYPTOKI_ALREADY_INITIALIZED]);
    try {
      return work();
    } finally {
      this.call("C_Finalize", ["void *"], [null]);
    }
  }

  /** The slots that have a token. */
  slots(): number[] {
    const count = Buffer.alloc(ULONG);
    const types = ["uint8_t", "void *", "void *"];
    this.call("C_GetSlotList", types, [1, null, count]);
    const list = Buffer.alloc(readUlong(count) * ULONG);
    this.call("C_GetSlotList", types, [1, list, count]);
    return Array.from({ length: readUlong(count) }, (_, at) => readUlong(list, at));
  }

  /** @returns `undefined` for a token that nobody has set up yet */
  token(slot: number): { label: string; serial: string } | undefined {
    const info = Buffer.alloc(256);
    this.call("C_GetTokenInfo", ["unsigned long", "void *"], [slot, info]);
    // CK_TOKEN_INFO: label, manufacturer, model and serial number, of 32, 32, 16 and 16 bytes, padded with blanks; flags.
    const CKF_TOKEN_INITIALIZED = 0x400;
    if ((info.readUInt32LE(96) & CKF_TOKEN_INITIALIZED) === 0) return undefined;
    return { label: info.toString("utf8", 0, 32).trimEnd(), serial: info.toString("utf8", 80, 96).trimEnd() };
  }

  openSession(slot: number): number {
    const session = Buffer.alloc(ULONG);
    const CKF_SERIAL_SESSION = 4;
    const types = ["unsigned long", "unsigned long", "void *", "void *", "void *"];
    this.call("C_OpenSession", types, [slot, CKF_SERIAL_SESSION, null, null, session]);
    return readUlong(session);
  }

  /** @returns whether the PIN is right */
  login(session: number, pin: string): boolean {
    const CKU_USER = 1;
    const bytes = Buffer.from(pin);
    const types = ["unsigned long", "unsigned long", "void *", "unsigned long"];
    const accepted = [CKR_OK, CKR_USER_ALREADY_LOGGED_IN, CKR_PIN_INCORRECT];
    return this.call("C_Login", types, [session, CKU_USER, bytes, bytes.length], accepted) !== CKR_PIN_INCORRECT;
  }

  /** At most two of the objects that have all these attributes. */
  find(session: number, attributes: readonly Attribute[]): number[] {
    const template = attributes.map(({ type, value }) => ({ type, value, length: value.length }));
    const types = ["unsigned long", koffi.pointer(ATTRIBUTE), "unsigned long"];
    this.call("C_FindObjectsInit", types, [session, template, template.length]);
    const found = Buffer.alloc(2 * ULONG);
    const count = Buffer.alloc(ULONG);
    this.call("C_FindObjects", ["unsigned long", "void *", "unsigned long", "void *"], [session, found, 2, count]);
    this.call("C_FindObjectsFinal", ["unsigned long"], [session]);
    return Array.from({ length: readUlong(count) }, (_, at) => readUlong(found, at));
  }

  /** AES-GCM with a tag of 16 bytes behind what is encrypted. */
  crypt(direction: "Encrypt" | "Decrypt", session: number, key: number, iv: Uint8Array, input: Uint8Array): Buffer {
    const parameter = { iv, ivLength: iv.length, ivBits: iv.length * 8, aad: null, aadLength: 0, tagBits: TAG_BITS };
    const mechanism = { mechanism: CKM_AES_GCM, parameter, length: koffi.sizeof(GCM_PARAMETERS) };
    this.call(
      `C_${direction}Init`,
      ["unsigned long", koffi.pointer(MECHANISM), "unsigned long"],
      [session, mechanism, key],
    );
    const output = Buffer.alloc(input.length + TAG_BITS / 8);
    const length = Buffer.alloc(ULONG);
    writeUlong(length, output.length);
    const types = ["unsigned long", "void *", "unsigned long", "void *", "void *"];
    this.call(`C_${direction}`, types, [session, input, input.length, output, length]);
    return output.subarray(0, readUlong(length));
  }

  private call(name: string, types: Type[], values: unknown[], accepted: readonly number[] = [CKR_OK]): number {
    const result = this.library.func(name, "unsigned long", types)(...values) as number;
    if (!accepted.includes(result))
      throw new MasterKeyError(`the PKCS #11 library ${this.path}: ${name} failed (0x${result.toString(16)})`);
    return result;
  }
}

function readUlong(buffer: Buffer, at = 0): number {
  return Number(ULONG === 8 ? buffer.readBigUInt64LE(at * ULONG) : buffer.readUInt32LE(at * ULONG));
}

function writeUlong(buffer: Buffer, value: number): void {
  if (ULONG === 8) buffer.writeBigUInt64LE(BigInt(value));
  else buffer.writeUInt32LE(value);
}
