import type { ProxyMetrics } from "./service-connect.ts";

type Count = Exclude<keyof ProxyMetrics, "taskId" | "route" | "discoveryName" | "side">;

/** AWS's name for each metric, and how it behaves. */
const METRICS: Record<Count, { name: string; type: "counter" | "gauge" }> = {
  requestCount: { name: "RequestCount", type: "counter" },
  processedBytes: { name: "ProcessedBytes", type: "counter" },
  newConnectionCount: { name: "NewConnectionCount", type: "counter" },
  activeConnectionCount: { name: "ActiveConnectionCount", type: "gauge" },
  http2xx: { name: "HTTPCode_Target_2XX_Count", type: "counter" },
  http3xx: { name: "HTTPCode_Target_3XX_Count", type: "counter" },
  http4xx: { name: "HTTPCode_Target_4XX_Count", type: "counter" },
  http5xx: { name: "HTTPCode_Target_5XX_Count", type: "counter" },
  connectionErrors: { name: "TargetConnectionErrorCount", type: "counter" },
  targetResponseTimeMs: { name: "TargetResponseTime", type: "gauge" },
};

/**
 * The proxies' metrics as text for Prometheus, named as in CloudWatch with `ServiceConnect_` before it; times are in
 * milliseconds. https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function prometheusText(metrics: readonly ProxyMetrics[]): string {
  const lines: string[] = [];
  for (const [key, { name, type }] of Object.entries(METRICS) as [Count, (typeof METRICS)[Count]][]) {
    lines.push(`# TYPE ServiceConnect_${name} ${type}`);
    for (const sample of metrics) lines.push(`ServiceConnect_${name}{${labels(sample)}} ${sample[key]}`);
  }
  return `${lines.join("\n")}\n`;
}

function labels({ taskId, discoveryName, route, side }: ProxyMetrics): string {
  return Object.entries({ TaskId: taskId, DiscoveryName: discoveryName, Route: route, Side: side })
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(",");
}
