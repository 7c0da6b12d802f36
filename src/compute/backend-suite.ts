import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { randomIds } from "../base/ids.ts";
import type { Isolation } from "../base/isolation.ts";
import {
  ComputeError,
  type ComputeBackend,
  type ContainerExit,
  type ContainerSpec,
  type PulledImage,
} from "./backend.ts";

/** One kind of backend, over folders of its own. */
export interface BackendHarness {
  /** Another instance on the same folders: what a restarted control plane makes. */
  open(): ComputeBackend;
  /** Of an image that behaves as the tag says in the words of `simulated/behaviour.ts`. */
  imageReference(tag: string): string;
  networkNamespace: string;
  /** The tier of the containers; the backend's own when it is not given. */
  isolation?: Isolation;
  /** Waits until a container that was started listens to signals; one without it does so at once. */
  listens?(spec: ContainerSpec): Promise<void>;
  /** Called after the last instance's shutdown. */
  dispose(): Promise<void>;
}

const scope = { account: "000000000000", region: "us-east-1" };

/** The contract of {@link ComputeBackend}, which every backend keeps. */
export function registerBackendSuite(name: string, factory: () => Promise<BackendHarness>): void {
  describe(`${name} backend`, () => {
    let harness: BackendHarness;
    let backend: ComputeBackend;
    let output: string;
    let exits: ContainerExit[];

    beforeAll(async () => {
      harness = await factory();
      output = mkdtempSync(join(tmpdir(), "neargate-suite-"));
      backend = await opened();
    }, 60_000);
    afterAll(async () => {
      await backend.shutdown();
      await harness.dispose();
      rmSync(output, { recursive: true });
    }, 60_000);
    beforeEach(() => {
      exits = [];
    });
    afterEach(async () => {
      for (const { id, taskId } of await backend.list()) {
        await backend.removeContainer(id);
        await backend.removeTaskGroup(taskId);
      }
    });

    async function opened(): Promise<ComputeBackend> {
      const instance = harness.open();
      instance.onExit((exit) => exits.push(exit));
      await instance.start();
      return instance;
    }

    /** One that runs until SIGTERM, and listens to it. */
    async function listening(): Promise<ContainerSpec> {
      const spec = await started("run");
      await harness.listens?.(spec);
      return spec;
    }

    async function reopen(whileClosed: () => Promise<unknown>): Promise<void> {
      await backend.stop();
      await whileClosed();
      exits = [];
      backend = await opened();
    }

    const pull = (tag: string) => backend.pull({ reference: harness.imageReference(tag), scope });

    function specOf(image: PulledImage, overrides: Partial<ContainerSpec> = {}): ContainerSpec {
      const taskId = randomIds.hex(32);
      const id = `${taskId}-${randomIds.digits(10)}`;
      return {
        id,
        taskId,
        ...(harness.isolation ? { isolation: harness.isolation } : {}),
        name: "main",
        image,
        environment: {},
        hostname: "suite",
        networkNamespace: harness.networkNamespace,
        mounts: [],
        cpu: 0,
        initProcess: false,
        readonlyRootFilesystem: false,
        labels: {},
        stdoutPath: join(output, `${id}.out`),
        stderrPath: join(output, `${id}.err`),
        ...overrides,
      };
    }

    async function created(tag: string): Promise<ContainerSpec> {
      const spec = specOf(await pull(tag));
      await backend.ensureTaskGroup({ taskId: spec.taskId, cpuUnits: 256, memoryMiB: 512 });
      await backend.createContainer(spec);
      return spec;
    }

    async function started(tag: string): Promise<ContainerSpec> {
      const spec = await created(tag);
      await backend.startContainer(spec.id);
      return spec;
    }

    const exitOf = (id: string) => expect.poll(() => exits.find((exit) => exit.id === id), { timeout: 20_000 });
    const statusOf = async (id: string) => (await backend.inspect(id))?.status;

    test("pulling twice gives the same image", async () => {
      const reference = harness.imageReference("run");
      const first = await pull("run");
      expect(first).toMatchObject({ reference, digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/) });
      expect(await pull("run")).toEqual(first);
    });

    test("an image that does not exist cannot be pulled", async () => {
      const reference = harness.imageReference("pull-error");
      await expect(pull("pull-error")).rejects.toThrow(
        new ComputeError(
          "CannotPullContainerError",
          `pull image manifest has been retried 1 time(s): failed to resolve ref ${reference}: ${reference}: not found`,
        ),
      );
    });

    test("an aborted pull fails with the signal's reason", async () => {
      const reason = new Error("stopped");
      const request = { reference: harness.imageReference("run"), scope, signal: AbortSignal.abort(reason) };
      await expect(backend.pull(request)).rejects.toBe(reason);
    });

    test("a container goes from created to running to stopped, and its exit is told once", async () => {
      const { id, taskId } = await created("run");
      expect(await statusOf(id)).toBe("created");
      const { pid } = await backend.startContainer(id);
      expect(pid).toBeGreaterThan(0);
      expect(await backend.inspect(id)).toMatchObject({ id, taskId, status: "running", pid, oomKilled: false });
      await backend.killContainer(id, "SIGKILL");
      await exitOf(id).toMatchObject({ id, taskId, exitCode: 137, oomKilled: false });
      const { exitedAt } = exits[0]!;
      expect(Math.abs(Date.now() - exitedAt)).toBeLessThan(10_000);
      expect(await backend.inspect(id)).toMatchObject({ status: "stopped", exitCode: 137, exitedAt, oomKilled: false });
      expect(exits).toHaveLength(1);
    });

    test.each([
      ["SIGTERM", 143],
      ["SIGKILL", 137],
    ])("%s ends it with %i", async (signal, exitCode) => {
      const { id } = await listening();
      await backend.killContainer(id, signal);
      await exitOf(id).toMatchObject({ exitCode, oomKilled: false });
    });

    test("a container that was not started can be killed", async () => {
      const { id } = await created("run");
      await backend.killContainer(id, "SIGKILL");
      await exitOf(id).toMatchObject({ exitCode: 137 });
    });

    test("every step may be repeated", async () => {
      const spec = await created("run");
      await backend.ensureTaskGroup({ taskId: spec.taskId, cpuUnits: 256, memoryMiB: 512 });
      await backend.createContainer(spec);
      const { pid } = await backend.startContainer(spec.id);
      expect(await backend.startContainer(spec.id)).toEqual({ pid });
      await backend.createContainer(spec);
      expect(await statusOf(spec.id)).toBe("running");
      for (let i = 0; i < 2; i++) {
        await backend.removeContainer(spec.id);
        await backend.removeTaskGroup(spec.taskId);
        await backend.killContainer(spec.id, "SIGKILL");
      }
      expect(await backend.inspect(spec.id)).toBeUndefined();
    });

    test("what has ended is not run again", async () => {
      const spec = await started("exit-0-after-0s");
      await exitOf(spec.id).toMatchObject({ exitCode: 0 });
      await backend.createContainer(spec);
      await backend.startContainer(spec.id);
      expect(await backend.inspect(spec.id)).toMatchObject({ status: "stopped", exitCode: 0 });
      expect(exits).toHaveLength(1);
    });

    test("a container that has ended can be restarted, once for each run; each end is told once", async () => {
      const spec = await started("exit-3-after-0.5s");
      const endOf = (run: number) => expect.poll(() => exits.find((exit) => exit.run === run), { timeout: 20_000 });
      await endOf(0).toMatchObject({ id: spec.id, exitCode: 3 });
      for (const _ of [1, 2]) await backend.releaseContainer(spec.id);
      expect(await backend.inspect(spec.id)).toMatchObject({ status: "stopped", exitCode: 3 });
      await backend.restartContainer(spec, 1);
      await backend.restartContainer(spec, 1);
      const before = exits;
      await reopen(async () => {});
      expect(await backend.inspect(spec.id)).toMatchObject({ run: 1 });
      // It may have ended, and that been told, before.
      const second = () => [...before, ...exits].find((exit) => exit.run === 1);
      await expect.poll(second, { timeout: 20_000 }).toMatchObject({ id: spec.id, taskId: spec.taskId, exitCode: 3 });
      await backend.restartContainer(spec, 1);
      expect(await backend.inspect(spec.id)).toMatchObject({ status: "stopped", exitCode: 3, run: 1 });
      await backend.restartContainer(spec, 2);
      await endOf(2).toMatchObject({ exitCode: 3 });
      expect(exits.filter((exit) => exit.run === 2)).toHaveLength(1);
    });

    test("a container that does not exist cannot be started", async () => {
      await expect(backend.startContainer("none-1")).rejects.toMatchObject({ name: "CannotStartContainerError" });
    });

    test("the list has all containers with their tasks", async () => {
      const specs = [await created("run"), await started("run")];
      const list = await backend.list();
      expect(list.toSorted((a, b) => a.status.localeCompare(b.status))).toMatchObject([
        { id: specs[0]!.id, taskId: specs[0]!.taskId, status: "created" },
        { id: specs[1]!.id, taskId: specs[1]!.taskId, status: "running" },
      ]);
    });

    test("a program runs in a running container, and in no other", async () => {
      const { id } = await created("run");
      await backend.startContainer(id);
      expect(await backend.exec(id, ["/bin/true"], 20_000)).toMatchObject({ exitCode: 0 });
      await backend.killContainer(id, "SIGKILL");
      await exitOf(id).toBeDefined();
      await expect(backend.exec(id, ["/bin/true"], 20_000)).rejects.toMatchObject({ name: "ContainerRuntimeError" });
    });

    test("containers run on while nobody watches, and their exits are known afterwards", async () => {
      const running = await listening();
      const waiting = await created("run");
      const ending = await started("exit-5-after-0.3s");
      const { pid } = (await backend.inspect(running.id))!;
      await reopen(() => new Promise((resolve) => setTimeout(resolve, 1500)));
      const states = new Map((await backend.list()).map((state) => [state.id, state]));
      expect(states.get(running.id)).toMatchObject({ status: "running", pid });
      expect(states.get(waiting.id)).toMatchObject({ status: "created" });
      const ended = { status: "stopped", exitCode: 5, taskId: ending.taskId };
      await expect.poll(() => backend.inspect(ending.id), { timeout: 20_000 }).toMatchObject(ended); // late if all is slow
      await backend.killContainer(running.id, "SIGTERM");
      await exitOf(running.id).toMatchObject({ exitCode: 143 });
    });

    test("an image in use stays, one out of use goes and can be had again", async () => {
      const { id, taskId } = await started("run");
      await backend.collectImages(-60_000);
      expect(await statusOf(id)).toBe("running");
      await backend.removeContainer(id);
      await backend.removeTaskGroup(taskId);
      await backend.collectImages(-60_000);
      const again = await started("run");
      expect(await statusOf(again.id)).toBe("running");
    });
  });
}
