import * as ec2 from "@aws-sdk/client-ec2";
import * as ecr from "@aws-sdk/client-ecr";
import * as ecs from "@aws-sdk/client-ecs";
import * as efs from "@aws-sdk/client-efs";
import * as logs from "@aws-sdk/client-cloudwatch-logs";
import * as sts from "@aws-sdk/client-sts";
import { expect, test } from "vitest";
import ec2Bounds from "../../generated/bounds/ec2.json" with { type: "json" };
import ecrBounds from "../../generated/bounds/ecr.json" with { type: "json" };
import ecsBounds from "../../generated/bounds/ecs.json" with { type: "json" };
import efsBounds from "../../generated/bounds/efs.json" with { type: "json" };
import logsBounds from "../../generated/bounds/logs.json" with { type: "json" };
import stsBounds from "../../generated/bounds/sts.json" with { type: "json" };
import type { Bounds } from "../../src/wire/bounds.ts";
import { Constraint } from "../../src/wire/constraint.ts";

const SUBJECTS: [string, object, Bounds][] = [
  ["ecs", ecs, ecsBounds],
  ["ecr", ecr, ecrBounds],
  ["efs", efs, efsBounds],
  ["ec2", ec2, ec2Bounds],
  ["logs", logs, logsBounds],
  ["sts", sts, stsBounds],
];

/** `Structure.member` of every structure in the SDK's schemas. */
function placesOf(sdk: object): Set<string> {
  const places = new Set<string>();
  for (const schema of Object.values(sdk))
    if (Array.isArray(schema) && (schema[0] === 3 || schema[0] === 4))
      for (const member of schema[4] as string[]) places.add(`${schema[2]}.${member}`);
  return places;
}

test.each(SUBJECTS)("%s: every pattern is one of JavaScript's, every enum one of the SDK's", (_name, sdk, bounds) => {
  for (const [place, bound] of Object.entries(bounds)) {
    const constraint = new Constraint(bound, sdk as Record<string, unknown>);
    if (bound.enum) expect(constraint.values?.length, place).toBeGreaterThan(0);
  }
});

test.each(SUBJECTS)("%s: bounds are of members that the SDK knows", (_name, sdk, bounds) => {
  const known = placesOf(sdk);
  const unknown = Object.keys(bounds).filter((place) => !known.has(place.replace(/(\[\]|\{\}|\{key\})+$/, "")));
  expect(unknown).toEqual([]);
});
