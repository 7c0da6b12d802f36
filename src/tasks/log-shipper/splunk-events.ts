import type { SplunkTarget } from "../log-route.ts";

/**
 * One event as Docker's splunk driver writes it; `undefined` for a blank one that the collector would not take.
 * @param timeMs milliseconds since 1970
 */
export function splunkEvent(
  target: SplunkTarget,
  output: "stdout" | "stderr",
  line: string,
  timeMs: number,
): string | undefined {
  const { tag, attributes, format } = target;
  if (format === "raw" && line.trim() === "") return undefined;
  const prefix = [...(tag ? [tag] : []), ...Object.entries(attributes).map(([name, value]) => `${name}=${value}`)];
  const event =
    format === "raw"
      ? [...prefix, line].join(" ")
      : {
          line: format === "json" ? jsonOrText(line) : line,
          source: output,
          ...(tag ? { tag } : {}),
          ...(Object.keys(attributes).length ? { attrs: attributes } : {}),
        };
  return JSON.stringify({
    event,
    time: (timeMs / 1000).toFixed(6),
    host: target.host,
    ...(target.source ? { source: target.source } : {}),
    ...(target.sourcetype ? { sourcetype: target.sourcetype } : {}),
    ...(target.index ? { index: target.index } : {}),
  });
}

function jsonOrText(line: string): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch {
    return line;
  }
}
