import { execFile } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";

const exec = promisify(execFile);

/**
 * A folder that is a root file system with BusyBox and all its commands, from Debian's busybox-static.
 * @param files further files: path → content
 */
export function busyboxRoot(files: Record<string, string> = {}): string {
  const root = mkdtempSync(join(tmpdir(), "neargate-image-"));
  for (const folder of ["bin", "etc", "tmp", "www"]) mkdirSync(join(root, folder));
  copyFileSync("/bin/busybox", join(root, "bin/busybox"));
  for (const command of [
    "sh",
    "sleep",
    "cat",
    "echo",
    "ls",
    "id",
    "nc",
    "wget",
    "httpd",
    "hostname",
    "ip",
    "nslookup",
    "kill",
    "true",
    "false",
    "env",
    "test",
    "dd",
    "seq",
    "yes",
    "head",
    "date",
    "mkdir",
    "ping",
    "grep",
    "tail",
    "printf",
  ])
    symlinkSync("busybox", join(root, "bin", command));
  writeFileSync(join(root, "etc/passwd"), "root:x:0:0:root:/:/bin/sh\napp:x:1000:1000::/:/bin/sh\n");
  writeFileSync(join(root, "etc/group"), "root:x:0:\napp:x:1000:\n");
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

/** As {@link busyboxRoot}, with Debian's Python beside it. */
export async function pythonRoot(files: Record<string, string> = {}): Promise<string> {
  const root = busyboxRoot(files);
  const { stdout } = await exec("/usr/bin/python3", [
    "-c",
    "import sys, _ctypes, _ssl, zlib; print(sys.version_info.minor)",
  ]);
  const lib = `/usr/lib/python3.${stdout.trim()}`;
  cpSync(lib, join(root, lib), {
    recursive: true,
    filter: (path) => !path.includes("__pycache__") && !path.endsWith("/test"),
    dereference: true,
  });
  const binaries = [`/usr/bin/python3.${stdout.trim()}`, `${lib}/lib-dynload`];
  const modules = (await exec("find", [binaries[1]!, "-name", "*.so"])).stdout.split("\n").filter(Boolean);
  const libraries = new Set<string>();
  for (const binary of [binaries[0]!, ...modules])
    for (const [path] of (await exec("ldd", [binary])).stdout.matchAll(/\/\S+\.so\S*/g)) libraries.add(path);
  for (const path of [binaries[0]!, ...libraries]) copyInto(root, path);
  symlinkSync(binaries[0]!, join(root, "bin/python3"));
  return root;
}

/** As {@link busyboxRoot}, with the Node.js that runs this. */
export async function nodeRoot(files: Record<string, string> = {}): Promise<string> {
  const root = busyboxRoot(files);
  copyInto(root, process.execPath);
  for (const [path] of (await exec("ldd", [process.execPath])).stdout.matchAll(/\/\S+\.so\S*/g)) copyInto(root, path);
  symlinkSync(process.execPath, join(root, "bin/node"));
  return root;
}

/** Copies a file of this machine to the same place in a root file system. */
function copyInto(root: string, path: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  copyFileSync(path, join(root, path));
}

/** What an image runs as. */
export interface ImageConfig {
  Entrypoint?: string[];
  Cmd?: string[];
  Env?: string[];
  User?: string;
  WorkingDir?: string;
  StopSignal?: string;
  Volumes?: Record<string, object>;
}

/**
 * Pushes a root file system as a one-layer image with skopeo: made by hand as an OCI layout, sent by a stock client.
 * @param target `host:port/repository:tag`
 * @param password of user AWS
 */
export async function pushRoot(root: string, config: ImageConfig, target: string, password: string): Promise<void> {
  const layout = mkdtempSync(join(tmpdir(), "neargate-layout-"));
  try {
    await writeLayout(root, config, layout);
    await exec("skopeo", [
      "copy",
      "--dest-tls-verify=false",
      "--dest-creds",
      `AWS:${password}`,
      `oci:${layout}:image`,
      `docker://${target}`,
    ]);
  } finally {
    rmSync(layout, { recursive: true });
  }
}

/** Writes a root file system as a tar archive, owned by root, the same for the same files. */
export async function tarRoot(root: string, archive: string): Promise<void> {
  const stable = ["--owner=0", "--group=0", "--numeric-owner", "--sort=name", "--mtime=@0"];
  await exec("tar", [...stable, "-cf", archive, "-C", root, "."]);
}

/** Writes a root file system as an OCI image layout with one layer, whose image is called `image`. */
export async function writeLayout(root: string, config: ImageConfig, layout: string): Promise<void> {
  const blobs = join(layout, "blobs/sha256");
  mkdirSync(blobs, { recursive: true });
  const plain = join(layout, "layer.tar");
  await tarRoot(root, plain);
  const digest = async (path: string) => (await exec("sha256sum", [path])).stdout.split(" ")[0]!;
  const diffId = await digest(plain);
  await exec("gzip", ["-n", "-1", plain]);
  const layer = await blobOf(`${plain}.gz`, blobs, digest);
  const write = async (value: unknown) => {
    const path = join(layout, "document");
    writeFileSync(path, JSON.stringify(value));
    return await blobOf(path, blobs, digest);
  };
  const configuration = await write({
    architecture: process.arch === "x64" ? "amd64" : process.arch,
    os: "linux",
    config: { Env: ["PATH=/bin"], ...config },
    rootfs: { type: "layers", diff_ids: [`sha256:${diffId}`] },
  });
  const manifestType = "application/vnd.oci.image.manifest.v1+json";
  const manifest = await write({
    schemaVersion: 2,
    mediaType: manifestType,
    config: { mediaType: "application/vnd.oci.image.config.v1+json", ...configuration },
    layers: [{ mediaType: "application/vnd.oci.image.layer.v1.tar+gzip", ...layer }],
  });
  writeFileSync(join(layout, "oci-layout"), '{"imageLayoutVersion":"1.0.0"}');
  writeFileSync(
    join(layout, "index.json"),
    JSON.stringify({
      schemaVersion: 2,
      manifests: [
        { mediaType: manifestType, ...manifest, annotations: { "org.opencontainers.image.ref.name": "image" } },
      ],
    }),
  );
}

async function blobOf(path: string, blobs: string, digest: (path: string) => Promise<string>) {
  const hex = await digest(path);
  const { stdout } = await exec("stat", ["-c", "%s", path]);
  await exec("mv", [path, join(blobs, hex)]);
  return { digest: `sha256:${hex}`, size: Number(stdout) };
}
