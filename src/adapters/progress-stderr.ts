import type { Progress } from '../ports/progress.ts';
import { printable } from '../util/printable.ts';

/** What is needed of a stream; `columns` is known of terminals. */
export interface ProgressStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

const ERASE = '\r\u001b[K';

/** A progress line on a terminal; silent where stderr is a file or a pipe. */
export function terminalProgress(stream: ProgressStream): Progress {
  if (stream.isTTY !== true) return { show: () => undefined, clear: () => undefined };
  return {
    show: (line) => void stream.write(`${ERASE}${printable(line).slice(0, (stream.columns ?? 80) - 1)}`),
    clear: () => void stream.write(ERASE),
  };
}

export const stderrProgress = (): Progress => terminalProgress(process.stderr);
