import type { ContainerDefinition } from "@aws-sdk/client-ecs";
import { describe, expect, test } from "vitest";
import type { TaskRecord } from "./task-record.ts";
import { containerPathOf, contentSources, plannedMounts } from "./volume-plan.ts";

/** A task of containers with the VOLUMEs of their images. */
function taskOf(...containers: (ContainerDefinition & { declares?: string[] })[]): TaskRecord {
  return {
    definition: { containerDefinitions: containers },
    containers: containers.map(({ name, declares }) => ({ name, image: { config: { volumes: declares } } })),
  } as unknown as TaskRecord;
}
const mountsOf = (task: TaskRecord, name: string) =>
  plannedMounts(
    task,
    task.containers.find((container) => container.name === name)!,
  ).map(
    ({ volume, destination, readOnly }) =>
      `${"name" in volume ? volume.name : `${volume.containerName}/${volume.index}`} ${destination}${readOnly ? " ro" : ""}`,
  );

test.each([
  ["/data", "/data"],
  ["/data/", "/data"],
  ["data//x/.", "/data/x"],
  ["/../../etc", "/etc"],
  ["/", "/"],
])("the path %s is %s", (path, normal) => expect(containerPathOf(path)).toBe(normal));

describe("what a container sees", () => {
  test("its mount points, and its image's volumes where nothing else is", () => {
    const task = taskOf({
      name: "a",
      mountPoints: [
        { sourceVolume: "x", containerPath: "/data/", readOnly: true },
        { sourceVolume: "x", containerPath: "/more" },
      ],
      declares: ["/data", "/scratch", "/scratch/", "/deep/er"],
    });
    expect(mountsOf(task, "a")).toEqual(["x /data ro", "x /more", "a/1 /scratch", "a/2 /deep/er"]);
  });

  test("those of other containers, replaced by its own at the same paths", () => {
    const task = taskOf(
      { name: "a", mountPoints: [{ sourceVolume: "x", containerPath: "/x" }], declares: ["/one", "/two"] },
      {
        name: "b",
        volumesFrom: [{ sourceContainer: "a", readOnly: true }],
        mountPoints: [{ sourceVolume: "y", containerPath: "/one" }],
        declares: ["/two", "/three"],
      },
      { name: "c", volumesFrom: [{ sourceContainer: "b" }] },
    );
    const expected = ["x /x ro", "y /one", "a/1 /two ro", "b/1 /three"];
    expect(mountsOf(task, "b")).toEqual(expected);
    expect(mountsOf(task, "c")).toEqual(expected);
  });

  test("nothing of images that say nothing", () => expect(mountsOf(taskOf({ name: "a" }), "a")).toEqual([]));
});

test("a bind volume's content comes from images that declare the very path", () => {
  const point = (containerPath: string) => ({ sourceVolume: "x", containerPath });
  const task = taskOf(
    { name: "a", mountPoints: [point("/a"), point("/other")], declares: ["/o"] },
    { name: "b", mountPoints: [point("/b/")], declares: ["/b"] },
    { name: "c", mountPoints: [{ sourceVolume: "y", containerPath: "/b" }], declares: ["/b"] },
  );
  expect(contentSources(task, "x").map(({ container, path }) => [container.name, path])).toEqual([["b", "/b"]]);
});
