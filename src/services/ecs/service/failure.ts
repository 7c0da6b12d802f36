/** Why a deployment failed, in the words of each place that tells of it. */
export interface DeploymentFailure {
  /** What the service's event says behind `deployment failed:`. */
  event: string;
  /** The `rolloutStateReason` of the failed deployment. */
  rolloutReason: string;
  /** That of the deployment which rolls back, with the latter's id. */
  rollbackReason: (id: string) => string;
  /** Goes behind `Service deployment rolled back because`. */
  cause: string;
}

/** The reason of a rollback that has nothing to go back to: nothing was completed before. */
export const NO_CANDIDATE = "No rollback candidate was found to run the rollback.";

export const BREAKER_TRIPPED: DeploymentFailure = {
  event: "tasks failed to start.",
  rolloutReason: "ECS deployment circuit breaker: tasks failed to start.",
  rollbackReason: (id) => `ECS deployment circuit breaker: rolling back to deploymentId ${id}.`,
  cause: "the circuit breaker threshold was exceeded.",
};

export const ALARM_DETECTED: DeploymentFailure = {
  event: "alarm detected.",
  rolloutReason: "ECS deployment alarm: alarm detected.",
  rollbackReason: (id) => `ECS deployment alarm: rolling back to deploymentId ${id}.`,
  cause: "an alarm was detected.",
};

/** StopServiceDeployment, whichever way. */
export const STOPPED_BY_USER: DeploymentFailure = {
  event: "stopped by user.",
  rolloutReason: "ECS deployment stopped by user.",
  rollbackReason: (id) => `ECS deployment stopped by user: rolling back to deploymentId ${id}.`,
  cause: "it was stopped by user.",
};
