import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { CommandError, run } from "../../src/base/command.ts";
import { ensureDaemon, stopDaemon } from "../../src/base/daemon.ts";
import { SCOPE, startRegistryEngine, type RegistryEngine } from "./registry-engine.ts";
import { busyboxTar, makeImage, sha256, writeLayout } from "./registry-image.ts";

const MUTABLE = { tagMutability: "MUTABLE" as const, mutabilityExclusions: [], resourceTags: {} };
const OTHER = { account: "111122223333", region: "eu-west-1" };

let folder: string;
let engine: RegistryEngine;
let password: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "neargate-registry-"));
  engine = await startRegistryEngine(folder);
  password = engine.registry.tokens.issue(SCOPE, 3_600_000).token;
  for (const name of ["web", "team/app"]) await engine.registry.repositories.create({ scope: SCOPE, name }, MUTABLE);
});
afterAll(async () => {
  await engine.stop();
  rmSync(folder, { recursive: true });
});

async function failure(work: Promise<unknown>): Promise<string> {
  const cause: unknown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (!(cause instanceof CommandError)) throw new Error("the command succeeded");
  return cause.stderr;
}

test("skopeo copies an image in and out again", async () => {
  const image = await makeImage("skopeo");
  const layout = join(folder, "layout");
  await writeLayout(layout, image);
  const target = `docker://127.0.0.1:${engine.port}/team/app:v1`;
  const credentials = `AWS:${password}`;
  await run("skopeo", ["copy", "--dest-tls-verify=false", "--dest-creds", credentials, `oci:${layout}:v1`, target]);
  const back = join(folder, "back");
  await run("skopeo", ["copy", "--src-tls-verify=false", "--src-creds", credentials, target, `dir:${back}`]);
  for (const bytes of [image.layer, image.config]) expect(readdirSync(back)).toContain(sha256(bytes).slice(7));
  const flags = ["--tls-verify=false", "--creds", credentials];
  const { stdout } = await run("skopeo", ["inspect", ...flags, "--format", "{{.Digest}} {{.RepoTags}}", target]);
  expect(stdout.trim()).toBe(`${sha256(image.manifest)} [v1]`);
  // A second copy of what is there sends nothing again, and one to another repository mounts it.
  const copied = `docker://127.0.0.1:${engine.port}/web:from-app`;
  const both = ["--src-tls-verify=false", "--dest-tls-verify=false", "--src-creds", credentials];
  await run("skopeo", ["copy", ...both, "--dest-creds", credentials, target, copied]);
  await run("skopeo", ["delete", ...flags, copied]);
  expect(await failure(run("skopeo", ["inspect", ...flags, copied]))).toContain("manifest unknown");
});

test("who has no token, a wrong or an expired one, or another registry's, is kept out", async () => {
  const target = (name: string) => `docker://127.0.0.1:${engine.port}/${name}`;
  const inspect = (name: string, credentials: string[]) =>
    failure(run("skopeo", ["inspect", "--tls-verify=false", ...credentials, target(name)]));
  expect(await inspect("team/app:v1", [])).toContain("unauthorized");
  expect(await inspect("team/app:v1", ["--creds", "AWS:wrong"])).toMatch(/401|unauthorized/);
  const expired = engine.registry.tokens.issue(SCOPE, -1).token;
  expect(await inspect("team/app:v1", ["--creds", `AWS:${expired}`])).toMatch(/denied|403/);
  const foreign = engine.registry.tokens.issue(OTHER, 60_000).token;
  expect(await inspect("team/app:v1", ["--creds", `AWS:${foreign}`])).toContain("name unknown");
  const authorization = `Basic ${Buffer.from(`AWS:${foreign}`).toString("base64")}`;
  const status = async (host: string) => {
    const args = ["-s", "-o", "/dev/null", "-w", "%{http_code}", "-H", `Host: ${host}`];
    const url = `http://127.0.0.1:${engine.port}/v2/`;
    return (await run("curl", [...args, "-H", `Authorization: ${authorization}`, url])).stdout;
  };
  expect(await status("000000000000.dkr.ecr.us-east-1.amazonaws.com")).toBe("403");
  expect(await status("111122223333.dkr.ecr.eu-west-1.localhost:4566")).toBe("200");
});

test("docker logs in, pushes and pulls without configuration", async () => {
  const socket = `unix://${join(folder, "docker.sock")}`;
  const pidFile = join(folder, "dockerd.pid");
  await ensureDaemon({
    program: "dockerd",
    args: [
      `--data-root=${join(folder, "docker")}`,
      `--exec-root=${join(folder, "exec")}`,
      `--pidfile=${join(folder, "docker.pid")}`,
      `--host=${socket}`,
      "--storage-driver=vfs",
      "--iptables=false",
      "--ip6tables=false",
      "--bridge=none",
    ],
    pidFile,
    logFile: join(folder, "dockerd.log"),
  });
  const env = { ...process.env, DOCKER_CONFIG: join(folder, "docker-config"), DOCKER_HOST: socket };
  const docker = (args: string[], input?: string) => run("docker", args, { env, input });
  try {
    await expect
      .poll(
        () =>
          docker(["version"]).then(
            () => true,
            () => false,
          ),
        { timeout: 90_000 },
      )
      .toBe(true);
    const tar = join(folder, "busybox.tar");
    writeFileSync(tar, await busyboxTar("docker"));
    for (const host of [`localhost:${engine.port}`, `127.0.0.1:${engine.port}`]) {
      const name = `${host}/web:docker`;
      await docker(["import", tar, name]);
      expect(await failure(docker(["push", name]))).toContain("no basic auth credentials");
      const login = await docker(["login", "-u", "AWS", "--password-stdin", host], password);
      expect(login.stdout).toContain("Login Succeeded");
      const { stdout } = await docker(["push", name]);
      const digest = /docker: digest: (sha256:[0-9a-f]{64})/.exec(stdout)?.[1];
      expect(digest).toBe(
        (await engine.registry.images.find({ scope: SCOPE, name: "web" }, { tag: "docker" }))?.digest,
      );
      await docker(["rmi", name]);
      await docker(["pull", name]);
      const inspect = ["image", "inspect", "--format", "{{json .RepoDigests}}", name];
      expect((await docker(inspect)).stdout).toContain(`${host}/web@${digest}`);
    }
    const host = `localhost:${engine.port}`;
    const unknown = `${host}/nothing:1`;
    await docker(["tag", `${host}/web:docker`, unknown]);
    expect(await failure(docker(["push", unknown]))).toContain(
      "name unknown: The repository with name 'nothing' does not exist in the registry with id '000000000000'",
    );
    await engine.registry.repositories.update({ scope: SCOPE, name: "web" }, () => ({ tagMutability: "IMMUTABLE" }));
    await docker(["push", `127.0.0.1:${engine.port}/web:docker`]); // the same image under its tag changes nothing
    writeFileSync(tar, await busyboxTar("another"));
    await docker(["import", tar, `${host}/web:docker`]);
    expect(await failure(docker(["push", `${host}/web:docker`]))).toContain(
      "tag invalid: The image tag 'docker' already exists in the 'web' repository and cannot be overwritten because the tag is immutable.",
    );
    expect(await failure(docker(["pull", `${host}/web:missing`]))).toContain(
      "manifest unknown: Requested image not found",
    );
    expect(await failure(docker(["login", "-u", "AWS", "--password-stdin", host], "wrong"))).toMatch(
      /401|unauthorized/,
    );
  } finally {
    await stopDaemon(pidFile, 20_000);
  }
});
