/** What AWS's model says of the value in one place, where it says something. */
export interface Bound {
  /** Of a string's or list's length, or a number's value. */
  min?: number;
  max?: number;
  pattern?: string;
  /** The name of the SDK's exported enum object, such as `LaunchType`. */
  enum?: string;
  /** The type of a number: `Integer`, `Long`, `Float` or `Double`. */
  number?: string;
}

/** By place: `Structure.member`, and behind it `[]` for list items, `{}` for map values, `{key}` for map keys. */
export type Bounds = Readonly<Record<string, Bound>>;
