/** What the demo calls its things: one place, so that everything it made is found again. */
export const NAMES = {
  repository: "neargate-demo",
  logGroup: "/ecs/neargate-demo",
  role: "neargate-demo",
  securityGroup: "neargate-demo",
  cluster: "neargate-demo",
  family: "neargate-demo",
  service: "web",
  container: "web",
} as const;

/** What AWS lets execution roles do: pull images and write logs. */
export const EXECUTION_POLICY = "arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy";

/** The application's port. */
export const PORT = 8080;
export const TASKS = 2;
