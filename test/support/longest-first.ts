import { relative } from "node:path";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * About how many seconds the long files take, each with half a core. They are begun first, so that none of them goes on
 * alone at the end; for the others the order does not matter.
 */
const SECONDS: Readonly<Record<string, number>> = {
  "test/system/services.test.ts": 110,
  "test/system/tasks.test.ts": 80,
  "test/system/vpc.test.ts": 75,
  "test/conformance/walk.test.ts": 75,
  "test/system/service-connect.test.ts": 70,
  "test/system/task-fields.test.ts": 65,
  "test/system/network.test.ts": 60,
  "test/conformance/ecs-staged-deployments.test.ts": 50,
  "test/system/cli.test.ts": 50,
  "test/system/discovery.test.ts": 50,
  "test/system/isolation.test.ts": 50,
  "test/system/network-rules.test.ts": 50,
  "test/system/compute-crash.test.ts": 40,
  "test/system/isolation-container.test.ts": 40,
  "test/system/network-topology.test.ts": 40,
  "test/conformance/ecs-deployments-killed.test.ts": 35,
  "test/conformance/simulated.test.ts": 35,
  "test/system/compute-pull.test.ts": 35,
  "test/system/demo.test.ts": 35,
  "test/system/task-secrets.test.ts": 35,
  "test/system/network-crash.test.ts": 30,
  "test/system/storage.test.ts": 30,
};

/** Within the groups of projects, the long files come first. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const secondsOf = ({ moduleId }: TestSpecification) => SECONDS[relative(this.ctx.config.root, moduleId)] ?? 0;
    const groupOf = ({ project }: TestSpecification) => project.config.sequence.groupOrder;
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => groupOf(a) - groupOf(b) || secondsOf(b) - secondsOf(a));
  }
}
