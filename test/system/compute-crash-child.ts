/** Launches and removes containers without end, until it is killed: a control plane for crash tests. */
import { ContainerdBackend } from "../../src/compute/containerd/backend.ts";
import { systemClock } from "../../src/base/clock.ts";
import { silentLogger } from "../../src/base/log.ts";
import type { Config } from "../../src/config.ts";
import type { ContainerSpec, PulledImage } from "../../src/compute/backend.ts";
import { randomIds } from "../../src/base/ids.ts";

const [config, template] = process.argv.slice(2).map((text) => JSON.parse(text) as unknown) as [
  Config,
  ContainerSpec & { image: PulledImage },
];
const images = { resolve: () => Promise.resolve(undefined), blob: () => Promise.resolve(undefined) };
const backend = new ContainerdBackend({ config, clock: systemClock, log: silentLogger, images });
await backend.start();
for (;;) {
  const taskId = randomIds.hex(32);
  const id = `${taskId}-1`;
  process.send!({ taskId, phase: "launch" });
  await backend.ensureTaskGroup({ taskId, cpuUnits: 1024, memoryMiB: 512 });
  await backend.createContainer({ ...template, taskId, id });
  await backend.startContainer(id);
  process.send!({ taskId, phase: "remove" });
  await backend.removeContainer(id);
  await backend.removeTaskGroup(taskId);
}
