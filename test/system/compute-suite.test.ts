import { readFileSync } from "node:fs";
import { registerBackendSuite } from "../../src/compute/backend-suite.ts";
import { behaviourOf } from "../../src/compute/simulated/behaviour.ts";
import { until } from "../support/engine.ts";
import { tiersHere } from "../support/tiers.ts";
import { ContainerdHarness } from "./compute-harness.ts";
import { buildImage, busyboxLayer } from "./compute-images.ts";

const RUN_UNTIL_TERM = `trap 'exit 143' TERM; echo listening; while :; do sleep 1000 & wait $!; done`;

for (const isolation of await tiersHere())
  registerBackendSuite(`containerd, ${isolation}`, async () => {
    const harness = await ContainerdHarness.create(isolation);
    for (const tag of ["run", "exit-3-after-0.5s", "exit-0-after-0s", "exit-5-after-0.3s"]) {
      const { end } = behaviourOf([tag]);
      const script = end ? `sleep ${end.after.from / 1000}; exit ${end.exitCode}` : RUN_UNTIL_TERM;
      harness.images.add("suite", tag, await buildImage([busyboxLayer()], { Cmd: ["/bin/sh", "-c", script] }));
    }
    return {
      open: () => harness.open(),
      imageReference: (tag) => harness.reference("suite", tag),
      networkNamespace: harness.networkNamespace,
      isolation,
      listens: ({ stdoutPath }) => until(() => readFileSync(stdoutPath, "utf8").includes("listening")),
      dispose: () => harness.dispose(),
    };
  });
