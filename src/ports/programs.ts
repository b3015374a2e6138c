import type { Result } from '../domain/result.ts';

/** Programs of this machine that Patchwarden needs, and what they say. */
export interface Programs {
  /** Of git, such as `2.39.5`; undefined where it is not on PATH. */
  gitVersion(): Promise<string | undefined>;
  hasSshKeygen(): Promise<boolean>;
  /** Public half of an SSH key, `<type> <base64>`, from the file of either half; an error is a sentence. */
  publicKey(file: string): Promise<Result<string, string>>;
}
