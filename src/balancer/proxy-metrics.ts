import { clientBackend, shiftBackend } from "./proxy-config.ts";
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
    ...spec.clients.map((route, i) => {
      const section = clientBackend(i);
      return { route, section, backends: [section, shiftBackend(i)], side: "client" as const };
    }),
    ...spec.servers.map((route, i) => {
      const section = `server${i}`;
      return { route, section, backends: [section], side: "server" as const };
    }),
  ];
  return routes.map(({ route, section, backends, side }) => {
    const front = row(section, "FRONTEND");
    const count = (from: typeof front, column: string) => Number(from?.get(column) || 0);
    const behind = (column: string) => backends.map((backend) => count(row(backend, "BACKEND"), column));
    const times = behind("rtime").filter((time) => time > 0);
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
      connectionErrors: sum(behind("econ")),
      targetResponseTimeMs: times.length ? sum(times) / times.length : 0,
    };
  });
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
