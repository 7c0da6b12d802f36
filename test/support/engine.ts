import { execFile, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { CloudWatchLogsClient } from "@aws-sdk/client-cloudwatch-logs";
import { EC2Client } from "@aws-sdk/client-ec2";
import { ECRClient } from "@aws-sdk/client-ecr";
import { ECSClient } from "@aws-sdk/client-ecs";
import { ServiceDiscoveryClient } from "@aws-sdk/client-servicediscovery";
import { STSClient } from "@aws-sdk/client-sts";
import { NOBODY, runAsNobody } from "./nobody.ts";
import { PATIENCE } from "./patience.ts";
import { testTier } from "./tiers.ts";

const exec = promisify(execFile);
const NEARGATE = join(import.meta.dirname, "../../bin/neargate.mjs");

/** An engine of a test's own: a data folder in the temporary folder, a free port, nothing shared with any other. */
export class TestEngine {
  readonly dataFolder: string;
  private readonly flags: string[];
  private readonly environment: NodeJS.ProcessEnv;
  /** What the command line is run by, such as a program that changes the user; nothing as a rule. */
  private readonly runner: readonly string[];
  private variables: Record<string, string> = {};

  private constructor(flags: string[], environment: NodeJS.ProcessEnv, runner: readonly string[] = []) {
    this.dataFolder = mkdtempSync(join(tmpdir(), "neargate-test-"));
    this.flags = flags;
    // A home of its own: no test writes the AWS profile of whoever runs it.
    const isolation = flags.includes("simulated") ? {} : { NEARGATE_ISOLATION: testTier() };
    const masterKey = { NEARGATE_MASTER_KEY_FILE: `${this.dataFolder}.key` };
    this.environment = { ...process.env, HOME: this.dataFolder, ...masterKey, ...isolation, ...environment };
    this.runner = runner;
  }

  /** Starts an engine with further flags of `neargate up`. */
  static async start(flags: string[] = [], environment: NodeJS.ProcessEnv = {}): Promise<TestEngine> {
    const engine = new TestEngine(flags, environment);
    await engine.firstUp();
    return engine;
  }

  /** Starts an engine as a user who may do nothing special. */
  static async startAsNobody(flags: string[] = []): Promise<TestEngine> {
    const engine = new TestEngine(flags, {}, runAsNobody(NEARGATE));
    if (process.getuid!() === 0) chownSync(engine.dataFolder, NOBODY, NOBODY);
    await engine.firstUp();
    return engine;
  }

  private async firstUp(): Promise<void> {
    try {
      await this.up();
    } catch (cause) {
      await this.stop().catch(() => {}); // why it could not start says more
      throw cause;
    }
  }

  /** Starts the control plane; after a kill, on the same folder. */
  async up(environment: NodeJS.ProcessEnv = {}): Promise<void> {
    const port = this.variables["AWS_ENDPOINT_URL"] ? new URL(this.endpoint).port : "0";
    await this.neargate(["up", "--detach", "--port", port, ...this.flags], environment);
    const { stdout } = await this.neargate(["env"]);
    for (const [, name, value] of stdout.matchAll(/^export (\w+)='?([^'\n]*)'?$/gm)) this.variables[name!] = value!;
  }

  /** Runs the command line on this engine. */
  neargate(args: string[], environment: NodeJS.ProcessEnv = {}): Promise<{ stdout: string; stderr: string }> {
    const [command = "", ...rest] = args;
    const line = [...this.runner, process.execPath, NEARGATE, command, "--data", this.dataFolder, ...rest];
    return exec(line[0]!, line.slice(1), {
      env: { ...this.environment, ...environment },
    });
  }

  /** Starts a command of the command line that goes on. */
  spawnNeargate(command: string, ...args: string[]) {
    return spawn(process.execPath, [NEARGATE, command, "--data", this.dataFolder, ...args], {
      env: this.environment,
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  get endpoint(): string {
    return this.variables["AWS_ENDPOINT_URL"]!;
  }

  /** `host:port` that images are pushed to. */
  get registry(): string {
    return `localhost:${new URL(this.endpoint).port}`;
  }

  /** The environment of AWS clients. */
  get env(): NodeJS.ProcessEnv {
    return { ...this.environment, ...this.variables, AWS_PAGER: "", AWS_EC2_METADATA_DISABLED: "true" };
  }

  /** The process id of the control plane. */
  get pid(): number {
    return (JSON.parse(readFileSync(join(this.dataFolder, "engine.json"), "utf8")) as { pid: number }).pid;
  }

  /** `kill -9` of the control plane alone. */
  async kill(): Promise<void> {
    await killHard(this.pid);
  }

  /** Whether the control plane lives. */
  get alive(): boolean {
    return alive(this.pid);
  }

  /** Debian's AWS CLI; the answer as JSON where it is some. */
  async aws(...args: string[]): Promise<string> {
    const { stdout } = await exec("/usr/bin/aws", ["--endpoint-url", this.endpoint, ...args], { env: this.env });
    return stdout;
  }

  async awsJson<T>(...args: string[]): Promise<T> {
    return JSON.parse(await this.aws(...args, "--output", "json")) as T;
  }

  /** Starts a command of the AWS CLI that goes on. */
  spawnAws(...args: string[]) {
    return spawn("/usr/bin/aws", ["--endpoint-url", this.endpoint, ...args], {
      env: this.env,
      stdio: ["ignore", "pipe", "pipe"],
    });
  }

  get region(): string {
    return this.variables["AWS_REGION"]!;
  }

  /** Of the root access key. */
  get credentials() {
    return {
      accessKeyId: this.variables["AWS_ACCESS_KEY_ID"]!,
      secretAccessKey: this.variables["AWS_SECRET_ACCESS_KEY"]!,
    };
  }

  clients(credentials = this.credentials) {
    const config = {
      endpoint: this.endpoint,
      region: this.region,
      credentials,
      maxAttempts: 1,
    };
    return {
      ecs: new ECSClient(config),
      ecr: new ECRClient(config),
      ec2: new EC2Client(config),
      logs: new CloudWatchLogsClient(config),
      sts: new STSClient(config),
      cloudMap: new ServiceDiscoveryClient({ ...config, disableHostPrefix: true }),
    };
  }

  /** Stops everything of the engine and removes its folder. @throws Error when the control plane had died by itself */
  async stop(): Promise<void> {
    const lastWords = this.lastWords();
    await this.neargate(["down"]);
    rmSync(this.dataFolder, { recursive: true, force: true });
    rmSync(`${this.dataFolder}.key`, { force: true });
    if (lastWords.length) throw new Error(`the control plane died:\n${lastWords.join("\n")}`);
  }

  /** What it said of errors that nobody caught, of which it died. */
  private lastWords(): string[] {
    const log = join(this.dataFolder, "engine.log");
    const lines = existsSync(log) ? readFileSync(log, "utf8").split("\n") : [];
    return lines.filter((line) => line.includes('"msg":"the control plane ends; tasks run on"'));
  }
}

/** `kill -9` of a process; resolves when it is gone: on a busy machine it answers a moment longer. */
export async function killHard(pid: number): Promise<void> {
  process.kill(pid, "SIGKILL");
  await until(() => !alive(pid));
}

function alive(pid: number): boolean {
  try {
    // A zombie waits for its parent, nothing more, once its other threads have ended: until then its sockets are open.
    const isZombie = /^State:\s*Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
    return !isZombie || readdirSync(`/proc/${pid}/task`).length > 1;
  } catch {
    return false;
  }
}

/** Waits until the condition holds, and fails when it does not within the time. */
export async function until(
  condition: () => boolean | Promise<boolean>,
  timeoutMs = 30_000,
  what = "a condition",
): Promise<void> {
  const deadline = Date.now() + timeoutMs * PATIENCE;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`${what} did not come true in ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 50 * PATIENCE));
  }
}
