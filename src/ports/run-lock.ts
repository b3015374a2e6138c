/** Lets one process at a time change what belongs to a state location. */
export interface RunLock {
  /**
   * Takes the lock at once or throws `store-failed` when another process has it. It ends with the process, however that
   * ends, so nothing stale can be left behind.
   * @returns gives it back
   */
  take(name: string): Promise<() => Promise<void>>;
}
