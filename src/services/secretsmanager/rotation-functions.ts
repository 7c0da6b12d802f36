import { rotationFunctionUnavailable } from "./errors.ts";

/** The steps of a rotation, https://docs.aws.amazon.com/secretsmanager/latest/userguide/rotate-secrets_how.html */
export type RotationStep = "createSecret" | "setSecret" | "testSecret" | "finishSecret";

/** What a rotation function is called with. */
export interface RotationEvent {
  Step: RotationStep;
  SecretId: string;
  ClientRequestToken: string;
}

/** The functions that rotate secrets. */
export interface RotationFunctions {
  /** @throws AwsError AccessDeniedException when there is no such function, or it may not be called */
  check(functionArn: string): Promise<void>;
  /**
   * Calls a function and waits for its end.
   * @throws Error when it fails
   */
  invoke(functionArn: string, event: RotationEvent): Promise<void>;
}

/** There is no Lambda: what AWS answers for a function that it cannot call. */
export const noRotationFunctions: RotationFunctions = {
  check: async () => {
    throw rotationFunctionUnavailable();
  },
  invoke: async () => {
    throw rotationFunctionUnavailable();
  },
};
