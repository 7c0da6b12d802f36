/** A policy document that AWS would refuse; the message is what AWS says with `MalformedPolicyDocument`. */
export class PolicyError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "PolicyError";
  }
}
