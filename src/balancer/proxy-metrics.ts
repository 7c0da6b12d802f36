import { clientBackend } from "./proxy-config.ts";
import type { ProxyMetrics, ProxySpec } from "./service-connect.ts";

/**
 * A proxy's metrics from HAProxy's statistics.
 * @param csv the answer to `show stat`: the columns' names in the first line, a frontend or backend in each other
 */
export function proxyMetrics(spec: ProxySpec, csv: string): ProxyMetrics[] {
  const [header = "", ...lines] = csv.replace(/^# /, "").split("\n").filter(Boolean);
  const columns = header.split(",");
  const rows = lines.map((line) => new Map(line.split(",").map((value, i) => [columns[i] ?? "", value])));
  const row = (section: string, kind: "FRONTEND" | "BACKEND") =>
    rows.find((each) => each.get("pxname") === section && each.get("svname") === kind);
  const routes = [
    ...spec.clients.map((route, i) => ({ route, section: clientBackend(i), side: "client" as const })),
    ...spec.servers.map((route, i) => ({ route, section: `server${i}`, side: "server" as const })),
  ];
  return routes.map(({ route, section, side }) => {
    const front = row(section, "FRONTEND");
    const back = row(section, "BACKEND");
    const count = (from: typeof front, column: string) => Number(from?.get(column) || 0);
    return {
      taskId: spec.taskId,
      route: route.name,
      discoveryName: route.discoveryName,
      side,
      requestCount: count(front, "req_tot"),
      processedBytes: count(front, "bin") + count(front, "bout"),
      newConnectionCount: count(front, "conn_tot"),
      activeConnectionCount: count(front, "scur"),
      http2xx: count(front, "hrsp_2xx"),
      http3xx: count(front, "hrsp_3xx"),
      http4xx: count(front, "hrsp_4xx"),
      http5xx: count(front, "hrsp_5xx"),
      connectionErrors: count(back, "econ"),
      targetResponseTimeMs: count(back, "rtime"),
    };
  });
}
