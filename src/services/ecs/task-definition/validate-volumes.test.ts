import type { ContainerDefinition, Volume } from "@aws-sdk/client-ecs";
import { describe, expect, test } from "vitest";
import { validateStorageSize, validateVolumes } from "./validate-volumes.ts";

const containers = (...points: NonNullable<ContainerDefinition["mountPoints"]>): ContainerDefinition[] => [
  { name: "app", mountPoints: points },
];
const vol: Volume = { name: "vol" };

test.each([
  [undefined, "EphemeralStorage size should be at least 21"],
  [20, "EphemeralStorage size should be at least 21"],
  [201, "EphemeralStorage size should be at most 200"],
])("storage of %s GiB is refused", (sizeInGiB, message) => {
  expect(() => validateStorageSize({ sizeInGiB })).toThrow(message);
});

test.each([21, 200])("storage of %s GiB", (sizeInGiB) => validateStorageSize({ sizeInGiB }));

describe("volumes", () => {
  test("what is right", () => {
    validateVolumes(
      [vol, { name: "host", host: {} }, { name: "ebs", configuredAtLaunch: true }],
      [
        {
          name: "a",
          mountPoints: [
            { sourceVolume: "vol", containerPath: "/a" },
            { sourceVolume: "vol", containerPath: "/b", readOnly: true },
            { sourceVolume: "ebs", containerPath: "/c/../d" },
          ],
        },
        { name: "b", volumesFrom: [{ sourceContainer: "a" }] },
      ],
    );
  });

  test.each<[string, Volume[], ContainerDefinition[]]>([
    ["Volume.name should not be null or empty.", [{}], []],
    ["Invalid volume name '../x'.", [{ name: "../x" }], []],
    ["Duplicate volume name 'vol'.", [vol, vol], []],
    ["must specify only one of host, configuredAtLaunch", [{ name: "x", host: {}, configuredAtLaunch: true }], []],
    [
      "Only one volume configured at launch",
      [
        { name: "x", configuredAtLaunch: true },
        { name: "y", configuredAtLaunch: true },
      ],
      [],
    ],
    [
      "'volumes[x].dockerVolumeConfiguration' is not supported",
      [{ name: "x", dockerVolumeConfiguration: { scope: "task" } }],
      [],
    ],
    ["Volumes [x] are not referenced by any of the containers.", [{ name: "x", configuredAtLaunch: true }], []],
    ["Unknown volume 'other'.", [vol], containers({ sourceVolume: "other", containerPath: "/x" })],
    ["Unknown volume 'null'.", [vol], containers({ containerPath: "/x" })],
    ["Invalid container path ''", [vol], containers({ sourceVolume: "vol" })],
    ["Invalid container path 'x'", [vol], containers({ sourceVolume: "vol", containerPath: "x" })],
    ["Invalid container path '/x/..'", [vol], containers({ sourceVolume: "vol", containerPath: "/x/.." })],
    [
      "Duplicate mount point '/x'",
      [vol],
      containers({ sourceVolume: "vol", containerPath: "/x" }, { sourceVolume: "vol", containerPath: "/x/" }),
    ],
    ["Unknown container: 'b'", [], [{ name: "a", volumesFrom: [{ sourceContainer: "b" }] }]],
    ["Unknown container: 'a'", [], [{ name: "a", volumesFrom: [{ sourceContainer: "a" }] }]],
    [
      "contains a cycle",
      [],
      [
        { name: "a", volumesFrom: [{ sourceContainer: "b" }] },
        { name: "b", volumesFrom: [{ sourceContainer: "a" }] },
      ],
    ],
  ])("%s", (message, volumes, definitions) => {
    expect(() => validateVolumes(volumes, definitions)).toThrow(message);
  });
});
