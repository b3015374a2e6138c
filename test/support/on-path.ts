import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Whether a program is on the path of the tests. */
export const onPath = (program: string): boolean =>
  (process.env.PATH ?? '').split(delimiter).some((dir) => {
    try {
      accessSync(join(dir, program), constants.X_OK);
      return dir !== '';
    } catch {
      return false;
    }
  });

/** The first of these programs that is not on the path; undefined: all are there. */
export const firstAbsent = (...programs: readonly string[]): string | undefined =>
  programs.find((p) => !onPath(p));
