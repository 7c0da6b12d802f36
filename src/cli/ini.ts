/**
 * The AWS CLI's flavour of INI, edited line by line so that comments, order and unknown settings survive. A line that
 * begins with white space continues the value above it.
 */

/** The settings of a section, or `undefined` when it is not there. Values that continue over lines are left out. */
export function readSection(text: string, section: string): Record<string, string> | undefined {
  const range = findSection(text.split("\n"), section);
  if (!range) return undefined;
  const values: Record<string, string> = {};
  for (const line of text.split("\n").slice(range.first, range.end)) {
    const pair = parsePair(line);
    if (pair) values[pair.key] = pair.value;
  }
  return values;
}

/** Sets values in a section, which is added at the end when it is not there. */
export function setInSection(text: string, section: string, values: Record<string, string>): string {
  const lines = text.split("\n");
  const range = findSection(lines, section);
  if (!range) {
    const pairs = Object.entries(values).map(([key, value]) => `${key} = ${value}\n`);
    const before = text === "" || text.endsWith("\n\n") ? text : text.endsWith("\n") ? `${text}\n` : `${text}\n\n`;
    return `${before}[${section}]\n${pairs.join("")}`;
  }
  const missing = new Map(Object.entries(values));
  const body: string[] = [];
  let dropContinuation = false;
  for (const line of lines.slice(range.first, range.end)) {
    const pair = parsePair(line);
    const value = pair && missing.get(pair.key);
    if (pair && value !== undefined) {
      body.push(pair.value === value ? line : `${pair.key} = ${value}`);
      missing.delete(pair.key);
      dropContinuation = true;
    } else {
      if (!/^\s+\S/.test(line)) dropContinuation = false;
      if (!dropContinuation) body.push(line);
    }
  }
  // New settings go behind the last one, before the blank lines and comments that lead to the next section.
  let end = body.length;
  while (end > 0 && /^\s*([#;].*)?$/.test(body[end - 1]!)) end--;
  body.splice(end, 0, ...[...missing].map(([key, value]) => `${key} = ${value}`));
  return [...lines.slice(0, range.first), ...body, ...lines.slice(range.end)].join("\n");
}

/** Takes a section out, with the comments inside it. */
export function removeSection(text: string, section: string): string {
  const lines = text.split("\n");
  const range = findSection(lines, section);
  if (!range) return text;
  const left = [...lines.slice(0, range.first - 1), ...lines.slice(range.end)].join("\n");
  // A file ends with one line feed, also where the last section went.
  return left.replace(/\n{2,}$/, "\n");
}

/** The names of all sections, in their order. */
export function sectionsOf(text: string): string[] {
  return text
    .split("\n")
    .map(headerOf)
    .filter((name) => name !== undefined);
}

/** The lines of a section's body. */
function findSection(lines: string[], section: string): { first: number; end: number } | undefined {
  const start = lines.findIndex((line) => headerOf(line) === section);
  if (start < 0) return undefined;
  const next = lines.findIndex((line, index) => index > start && headerOf(line) !== undefined);
  return { first: start + 1, end: next < 0 ? lines.length : next };
}

/** `[profile "neargate"]  # ours` → `profile neargate` */
function headerOf(line: string): string | undefined {
  const inner = /^\[([^\]]+)\]/.exec(line)?.[1];
  return inner
    ?.trim()
    .split(/\s+/)
    .map((word) => word.replace(/^(["'])(.*)\1$/, "$2"))
    .join(" ");
}

function parsePair(line: string): { key: string; value: string } | undefined {
  const match = /^([^\s#;=[][^=]*?)\s*=\s*(.*?)\s*$/.exec(line);
  return match ? { key: match[1]!, value: match[2]! } : undefined;
}
