import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { git } from '../../support/git-fixtures.ts';
import { waitUntil } from './fleet-run.ts';

/** A push that arrives long after whoever sent it is gone. */
export interface HeldPush {
  /** Puts its hook into the repository. */
  readonly install: () => void;
  /** The next push waits before anything of it is done. */
  readonly hold: () => void;
  /** Until there is one that waits. */
  readonly begun: () => Promise<void>;
  /** Lets it go on, if there is one, until its references are there. */
  readonly release: () => Promise<void>;
}

const HOOK = `#!/bin/sh
if mv "$GIT_DIR/hold" "$GIT_DIR/held" 2>/dev/null
then while [ -e "$GIT_DIR/held" ]; do sleep 0.02; done
fi
`;

/** @param origin a bare repository */
export function heldPush(origin: string): HeldPush {
  const [asked, held] = [join(origin, 'hold'), join(origin, 'held')];
  const refs = () => git(origin, ['for-each-ref']);
  return {
    install: () => {
      mkdirSync(join(origin, 'hooks'), { recursive: true });
      writeFileSync(join(origin, 'hooks', 'pre-receive'), HOOK);
      chmodSync(join(origin, 'hooks', 'pre-receive'), 0o755);
    },
    hold: () => writeFileSync(asked, ''),
    begun: async () => void (await waitUntil('a push begins', 20_000, () => existsSync(held), 5)),
    release: async () => {
      if (!existsSync(held)) return;
      const before = refs();
      rmSync(held);
      await waitUntil('the push is done', 20_000, () => refs() !== before, 5);
    },
  };
}
