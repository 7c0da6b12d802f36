import { invalidParameter } from "./errors.ts";

interface TypeRules {
  /** GiB, from and to. */
  size: readonly [number, number];
  /** Operations per second that can be asked for; absent where none can. */
  iops?: { range: readonly [number, number]; perGiB: number; required: boolean };
  /** MiB/s that can be asked for, and for how many of them one operation per second is enough. */
  throughput?: { range: readonly [number, number]; perIops: number };
}

/**
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_TaskManagedEBSVolumeConfiguration.html and
 * https://docs.aws.amazon.com/ebs/latest/userguide/ebs-volume-types.html
 */
const RULES: Record<string, TypeRules> = {
  gp2: { size: [1, 16_384] },
  gp3: {
    size: [1, 16_384],
    iops: { range: [3000, 16_000], perGiB: 500, required: false },
    throughput: { range: [125, 1000], perIops: 0.25 },
  },
  io1: { size: [4, 16_384], iops: { range: [100, 64_000], perGiB: 50, required: true } },
  io2: { size: [4, 16_384], iops: { range: [100, 256_000], perGiB: 1000, required: true } },
  st1: { size: [125, 16_384] },
  sc1: { size: [125, 16_384] },
};

const GP3_IOPS = 3000;
const GP3_THROUGHPUT = 125;
const GP2_IOPS = { least: 100, perGiB: 3, most: 16_000 };

/** What a volume can do, every default filled in. */
export interface VolumePerformance {
  volumeType: string;
  sizeGiB: number;
  iops?: number;
  throughput?: number;
}

/**
 * Checks size, IOPS and throughput against the rules of the volume's type, and fills in what AWS does.
 * @throws AwsError InvalidParameterException
 */
export function volumePerformance(asked: {
  volumeType: string;
  sizeGiB: number;
  iops?: number;
  throughput?: number;
}): VolumePerformance {
  const { volumeType, sizeGiB } = asked;
  if (volumeType === "standard")
    throw invalidParameter("The 'standard' volume type is not supported for tasks on Fargate.");
  const rules = Object.hasOwn(RULES, volumeType) ? RULES[volumeType] : undefined;
  if (!rules)
    throw invalidParameter(`Invalid volumeType '${volumeType}'. Must be one of [${Object.keys(RULES).join(",")}].`);
  within("sizeInGiB", sizeGiB, rules.size, volumeType);
  const iops = checkedIops(asked, rules);
  const throughput = checkedThroughput(asked, rules, iops);
  return {
    volumeType,
    sizeGiB,
    ...(iops === undefined ? {} : { iops }),
    ...(throughput === undefined ? {} : { throughput }),
  };
}

function checkedIops(
  { volumeType, sizeGiB, iops }: Parameters<typeof volumePerformance>[0],
  rules: TypeRules,
): number | undefined {
  if (iops === undefined) {
    if (rules.iops?.required) throw invalidParameter(`The parameter iops must be specified for ${volumeType} volumes.`);
    if (volumeType === "gp3") return GP3_IOPS;
    if (volumeType !== "gp2") return undefined;
    return Math.min(GP2_IOPS.most, Math.max(GP2_IOPS.least, sizeGiB * GP2_IOPS.perGiB));
  }
  if (!rules.iops) throw invalidParameter(`The parameter iops is not supported for ${volumeType} volumes.`);
  within("iops", iops, rules.iops.range, volumeType);
  // What every volume of the type has needs no size.
  if (iops > Math.max(rules.iops.range[0], sizeGiB * rules.iops.perGiB))
    throw invalidParameter(
      `Iops to volume size ratio of ${(iops / sizeGiB).toFixed(6)} is too high; maximum is ${rules.iops.perGiB}`,
    );
  return iops;
}

function checkedThroughput(
  { volumeType, throughput }: Parameters<typeof volumePerformance>[0],
  rules: TypeRules,
  iops: number | undefined,
): number | undefined {
  if (throughput === undefined) return volumeType === "gp3" ? GP3_THROUGHPUT : undefined;
  if (!rules.throughput) throw invalidParameter(`The parameter throughput is not supported for ${volumeType} volumes.`);
  within("throughput", throughput, rules.throughput.range, volumeType);
  if (throughput > (iops ?? 0) * rules.throughput.perIops)
    throw invalidParameter(
      `Throughput (MiBps) to iops ratio of ${(throughput / (iops ?? 1)).toFixed(6)} is too high; maximum is ${rules.throughput.perIops.toFixed(6)} MiBps per iops.`,
    );
  return throughput;
}

function within(name: string, value: number, [low, high]: readonly [number, number], volumeType: string): void {
  if (value < low || value > high)
    throw invalidParameter(`Invalid ${name} ${value}: ${volumeType} volumes have from ${low} to ${high}.`);
}
