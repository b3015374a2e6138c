import { createServer, type Server } from 'node:net';
import { PatchwardenError } from '../domain/errors.ts';
import type { RunLock } from '../ports/run-lock.ts';
import { sha256Hex } from '../util/digest.ts';

/**
 * A lock that the kernel keeps: a name in the abstract socket space of Linux belongs to one process and is gone with it,
 * also after SIGKILL. Nobody ever listens to what connects.
 * @see unix(7), "abstract"
 */
export const socketRunLock: RunLock = {
  take: (name) =>
    new Promise((resolve, reject) => {
      const server: Server = createServer((socket) => socket.destroy());
      server.unref();
      server.once('error', (cause: NodeJS.ErrnoException) =>
        reject(
          new PatchwardenError(
            'store-failed',
            cause.code === 'EADDRINUSE'
              ? `another patchwarden is at work with ${name}; wait until it ends and run again`
              : `cannot lock ${name}: ${cause.message}`,
            { cause },
          ),
        ),
      );
      server.listen(`\0patchwarden-${sha256Hex(name)}`, () =>
        resolve(() => new Promise((done) => server.close(() => done()))),
      );
    }),
};
