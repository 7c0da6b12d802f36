/** What a directive of `awslogs-datetime-format` stands for, in RE2's syntax, as in Docker's awslogs driver. */
const DIRECTIVES: Record<string, string> = {
  a: "(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)",
  A: "(?:Monday|Tuesday|Wednesday|Thursday|Friday|Saturday|Sunday)",
  w: "[0-6]",
  d: "(?:0[1-9]|[1,2][0-9]|3[0,1])",
  b: "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)",
  B: "(?:January|February|March|April|May|June|July|August|September|October|November|December)",
  m: "(?:0[1-9]|1[0-2])",
  Y: "\\d{4}",
  y: "\\d{2}",
  H: "(?:[0,1][0-9]|2[0-3])",
  I: "(?:0[0-9]|1[0-2])",
  p: "[A,P]M",
  M: "[0-5][0-9]",
  S: "[0-5][0-9]",
  f: "\\d{6}",
  z: "[+-]\\d{4}",
  Z: "[A-Z]{1,4}T",
  j: "(?:0[0-9][1-9]|[1,2][0-9][0-9]|3[0-5][0-9]|36[0-6])",
  L: "\\.\\d{3}",
};

/**
 * The pattern of the lines in which a time of this format occurs. As with Docker's driver, what stands between the
 * directives is part of a regular expression, and a directive that is not known stands for nothing.
 * https://docs.docker.com/engine/logging/drivers/awslogs/#awslogs-datetime-format
 */
export function datetimePattern(format: string): string {
  return format.replaceAll(/%./g, (directive) => DIRECTIVES[directive[1]!] ?? "");
}
