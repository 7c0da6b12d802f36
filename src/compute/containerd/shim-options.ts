import { create } from "@bufbuild/protobuf";
import { AnySchema, type Any } from "@bufbuild/protobuf/wkt";
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

const OPTIONS_TYPE = "containerd.runc.v1.Options";
/** Fields of that message, which is the runc shim's configuration. */
const IO_UID = 4;
const IO_GID = 5;
const BINARY_NAME = 6;
const ROOT = 7;

/** What containerd's runc shim runs in place of runc. */
export interface ShimProgram {
  /** Takes runc's command line. */
  binary: string;
  /** Where it keeps what it knows of containers; the shim's own choice when it is not given. */
  root?: string;
}

/** The shim's options that make it run a program, whose output's pipes are to belong to a user and group of this number. */
export function shimOptions({ binary, root }: ShimProgram, owner?: number): Any {
  const writer = new BinaryWriter().tag(BINARY_NAME, WireType.LengthDelimited).string(binary);
  if (owner !== undefined) for (const field of [IO_UID, IO_GID]) writer.tag(field, WireType.Varint).uint32(owner);
  if (root !== undefined) writer.tag(ROOT, WireType.LengthDelimited).string(root);
  return create(AnySchema, { typeUrl: OPTIONS_TYPE, value: writer.finish() });
}

/**
 * A shell script of ours with its settings as variables in front of it, so that it is independent of where Neargate is
 * installed.
 */
export function scriptWith(script: string, settings: Readonly<Record<string, string>>): string {
  const [shebang, ...body] = script.split("\n");
  const lines = Object.entries(settings).map(([name, value]) => `${name}='${value.replaceAll("'", `'\\''`)}'`);
  return [shebang, ...lines, ...body].join("\n");
}
