/** The values of condition keys in a request. */
export interface KeyValues {
  /**
   * @param key in lower case
   * @returns `undefined` when the request has no such key
   */
  get(key: string): readonly string[] | undefined;
}
