import { generateKeyPairSync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { githubInspector } from '../../src/adapters/forge-inspect-github.ts';
import { createPace } from '../../src/adapters/forge-pace.ts';
import { instantOf } from '../../src/domain/time.ts';
import type { Permissions, Protection } from '../support/github/state.ts';
import { githubTable, WORLD } from '../support/github/table.ts';
import { tempDir } from '../support/temp-dir.ts';

/** What an App sees that is installed with these permissions. */
async function inspected(permissions: Permissions, main: Protection) {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
  const apps = { patchwarden: { permissions, publicKey: pem } };
  const { hub, clock } = githubTable({ world: { ...WORLD, apps, tokens: {}, protection: { main } } });
  const keyFile = join(tempDir(), 'app.pem');
  writeFileSync(keyFile, privateKey.export({ type: 'pkcs8', format: 'pem' }));
  const [app] = hub.world.apps;
  clock.now = Date.now();
  const time = { now: () => instantOf(clock.now), sleep: async () => undefined };
  const inspector = await githubInspector(
    { owner: WORLD.owner, repo: WORLD.repo, baseUrl: 'https://api.github.com' },
    { app: { id: app?.id ?? 0, installation: app?.installationId ?? 0, keyFile } },
    {
      ...{ clock: time, log: { warn: () => undefined }, pace: createPace({ clock: time }), retryMs: 0 },
      ...{ spacing: false, fetch: (url, init) => hub.handle(new Request(url, init)) },
    },
  );
  const result = await inspector.inspect({ base: 'main', evidence: 'patchwarden/evidence' });
  if (result.kind !== 'asked') throw new Error(result.why);
  expect(hub.violations).toEqual([]);
  // A token of the installation is asked for by POST; it is no content.
  expect(hub.log.filter((l) => l.method !== 'GET').map((l) => l.operation)).toEqual(
    hub.log.flatMap((l) => (l.operation === 'apps/create-installation-access-token' ? [l.operation] : [])),
  );
  return { facts: result.facts, app };
}

const PERMISSIONS: Permissions = { contents: 'write', metadata: 'read', statuses: 'write' };

it('an App says who it is and what it may, and reads a branch protection where it has administration: read', async () => {
  const main: Protection = { approvals: 2, enforceAdmins: true, bypass: ['patchwarden'] };
  const { facts, app } = await inspected({ ...PERMISSIONS, administration: 'read' }, main);
  expect(facts.account).toEqual({
    value: { login: 'patchwarden[bot]', account: `github:${app?.botId}` },
  });
  expect(facts.grants).toEqual({
    value: { kind: 'permissions', permissions: { ...PERMISSIONS, administration: 'read' } },
  });
  expect(facts.base).toMatchObject({
    approvals: { value: 2 },
    botBypasses: { value: true },
    nobodyBypasses: { value: false },
  });
});

it('an App without it is told nothing of a protection, and all of a ruleset', async () => {
  const { facts } = await inspected(PERMISSIONS, { approvals: 2 });
  expect(facts.base.approvals).toMatchObject({ because: 'not-answered' });
  const open = await inspected(PERMISSIONS, { approvals: 2, ruleset: true });
  expect(open.facts.base).toMatchObject({ approvals: { value: 2 }, botBypasses: { value: false } });
});
