/**
 * Makes `generated/containerd` (types of containerd's gRPC API) and `generated/seccomp.json` (Docker's default seccomp
 * profile) again, both from Debian packages. Needs apt and the development dependencies; run it as
 * `node scripts/generate-compute.ts`.
 */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { run } from "../src/base/command.ts";

const root = join(import.meta.dirname, "..");
const goSources = "usr/share/gocode/src/github.com";

/** The services that are called, and the messages of events; what these import comes with them. */
const protos = [
  ...[
    "containers",
    "content",
    "diff",
    "events",
    "images",
    "introspection",
    "leases",
    "snapshots",
    "tasks",
    "version",
  ].map((service) => `services/${service}/v1/${service}.proto`),
  "services/namespaces/v1/namespace.proto",
  "events/task.proto",
  "types/descriptor.proto",
  "types/event.proto",
  "types/fieldpath.proto",
  "types/introspection.proto",
  "types/metrics.proto",
  "types/mount.proto",
  "types/platform.proto",
  "types/task/task.proto",
];

/** Imported by the introspection service, and not in the package. */
const statusProto = `syntax = "proto3";
package google.rpc;
import "google/protobuf/any.proto";
message Status {
  int32 code = 1;
  string message = 2;
  repeated google.protobuf.Any details = 3;
}
`;

/** The archive that this machine's apt takes Debian from. */
async function debianMirror(): Promise<string> {
  const { stdout } = await run("apt-get", ["indextargets", "--format", "$(REPO_URI)", "Identifier: Packages"]);
  const mirror = stdout.split("\n").find((uri) => /\/debian\/?$/.test(uri));
  if (!mirror) throw new Error("apt has no Debian archive among its sources");
  return mirror;
}

/** Downloads a package of a Debian suite, whatever suite this machine runs, and unpacks it. */
async function unpackDebianPackage(work: string, suite: string, name: string): Promise<string> {
  const apt = join(work, suite);
  mkdirSync(join(apt, "lists/partial"), { recursive: true });
  mkdirSync(join(apt, "cache/archives/partial"), { recursive: true });
  const key = "/usr/share/keyrings/debian-archive-keyring.gpg";
  writeFileSync(join(apt, "sources.list"), `deb [signed-by=${key}] ${await debianMirror()} ${suite} main\n`);
  const options = [
    `Dir::Etc::sourcelist=${apt}/sources.list`,
    "Dir::Etc::sourceparts=-",
    `Dir::State::lists=${apt}/lists`,
    `Dir::Cache=${apt}/cache`,
    "APT::Sandbox::User=root",
  ].flatMap((option) => ["-o", option]);
  await run("apt-get", [...options, "update"], { timeoutMs: 300_000 });
  await run("apt-get", [...options, "download", name], { cwd: apt, timeoutMs: 300_000 });
  const archive = readdirSync(apt).find((file) => file.startsWith(`${name}_`))!;
  console.log(archive);
  await run("dpkg", ["-x", join(apt, archive), join(apt, name)]);
  return join(apt, name, goSources);
}

/** Runs protoc-gen-es over the chosen protos, with the long import prefix taken away. */
async function generateContainerd(work: string): Promise<void> {
  const sources = await unpackDebianPackage(work, "sid", "golang-github-containerd-containerd-api-dev");
  const folder = join(work, "protos");
  for (const proto of protos) {
    const text = readFileSync(join(sources, "containerd/containerd/api", proto), "utf8");
    mkdirSync(dirname(join(folder, proto)), { recursive: true });
    writeFileSync(join(folder, proto), text.replaceAll("github.com/containerd/containerd/api/", ""));
  }
  mkdirSync(join(folder, "google/rpc"), { recursive: true });
  writeFileSync(join(folder, "google/rpc/status.proto"), statusProto);
  const out = join(root, "generated/containerd");
  rmSync(out, { recursive: true, force: true });
  const plugin = {
    local: join(root, "node_modules/.bin/protoc-gen-es"),
    out,
    opt: ["target=ts", "import_extension=ts", "erasable_syntax=true"],
  };
  const bin = join(root, "node_modules/.bin");
  await run(join(bin, "buf"), ["generate", "--template", JSON.stringify({ version: "v2", plugins: [plugin] })], {
    cwd: folder,
    env: { ...process.env, PATH: `${bin}:${process.env["PATH"]}` },
  });
}

async function generateSeccomp(work: string): Promise<void> {
  const sources = await unpackDebianPackage(work, "trixie", "golang-github-docker-docker-dev");
  cpSync(join(sources, "docker/docker/profiles/seccomp/default.json"), join(root, "generated/seccomp.json"));
}

const work = mkdtempSync(join(tmpdir(), "generate-compute-"));
try {
  await generateContainerd(work);
  await generateSeccomp(work);
} finally {
  rmSync(work, { recursive: true, force: true });
}
