import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalDocument } from '../../src/contracts/canonical.ts';
import { git } from '../support/git-fixtures.ts';
import { buildPaperFleet, daysAgo, type PaperFleet, printed } from '../support/paper-fleet.ts';
import { POLICIES, policyManifest } from '../support/policy-files.ts';

const { findOpa } = await import(new URL('tools/opa.mjs', POLICIES).href);
const opa: string | undefined = findOpa();

/** In the perimeter: two days, no accepted risks, and no updates that close nothing. */
const PERIMETER = readFileSync(new URL('../examples/own-rules/perimeter.rego', POLICIES), 'utf8');

const rule = (name: string, schema: string, body: string): string => `# METADATA
# title: ${name}
# description: ${name}.
# schemas:
#   - input: schema.${schema}
# custom: {id: custom/${name}, severity: low, remediation: None., reads: []}
package custom.${name}

${body}
`;
const FROZEN = rule(
  'frozen',
  'change_input',
  `denials contains {"subject": path.path} if {
	some path in input.proposal.paths
	path.class == "lock"
}`,
);
const LENIENT = rule(
  'lenient',
  'decide_input',
  `facts contains {"effect": "fixed"} if input.finding.kind == "vulnerability"`,
);

const accepted = canonicalDocument('Exception', {
  ...{ apiVersion: 'patchwarden/v1', kind: 'Exception', id: 'app-later', decision: 'accept-risk' },
  ...{ match: { component: { name: 'app' } }, select: {}, owner: 'team:ops', ticket: 'OPS-1' },
  ...{ reason: 'The next release replaces it.', validFrom: daysAgo(5), validUntil: daysAgo(-25) },
});
const baseline = {
  approve: [{ id: 'all', match: {} }],
  deadlines: [
    {
      id: 'quarter',
      kind: 'within' as const,
      clock: 'published' as const,
      severities: ['high' as const],
      days: 90,
    },
  ],
};

describe.skipIf(!opa)(
  `own rules on the git forge, with OPA v${policyManifest.opaVersion}${opa ? '' : ' (not found)'}`,
  () => {
    let fleet: PaperFleet;
    beforeAll(() => {
      fleet = buildPaperFleet([{ cve: 'CVE-2024-1000', name: 'app', epss: 0.1 }], {
        ...{ baseline, labels: { zone: 'perimeter' }, files: { 'exceptions/app-later.json': accepted } },
      });
    });
    afterAll(() => fleet?.dispose());

    const status = async () =>
      printed<{ readonly byStatus: object; readonly exceptions: readonly object[] }>(
        await fleet.run(['status', '--format', 'json']),
      );
    const write = (rules: Readonly<Record<string, string | null>>): void => {
      for (const [name, text] of Object.entries(rules)) {
        const path = join(fleet.clone, 'policies', `${name}.rego`);
        mkdirSync(join(path, '..'), { recursive: true });
        if (text === null) rmSync(path);
        else writeFileSync(path, text);
      }
    };
    const build = async () => printed(await fleet.run(['policy', 'build', '--format', 'json']));
    /** A person changes rules on a branch of their own, and proposes it. */
    const propose = async (branch: string, rules: Readonly<Record<string, string | null>>) => {
      git(fleet.clone, ['checkout', '-q', '-b', branch]);
      write(rules);
      await build();
      git(fleet.clone, ['add', 'policies']);
      await fleet.run(['pr', 'list'], fleet.keys.author);
      git(fleet.clone, ['commit', '-q', '-S', '-m', branch]);
      git(fleet.clone, ['push', '-q', 'origin', branch]);
      git(fleet.clone, ['checkout', '-q', 'main']);
      printed(await fleet.run(['pr', 'open', branch, '--format', 'json']));
    };
    const approve = async (pull: string, who: 'approver' | 'approver2' = 'approver') =>
      printed(await fleet.run(['pr', 'approve', pull, '--format', 'json'], fleet.keys[who]));
    const merge = async (pull: string) => {
      printed(await fleet.run(['pr', 'merge', pull, '--format', 'json'], fleet.keys.merger));
      git(fleet.clone, ['pull', '-q']);
    };
    /** Whoever changes rules needs two. */
    const land = async (pull: string) => {
      await approve(pull);
      await approve(pull, 'approver2');
      await merge(pull);
    };
    const reconcile = async () =>
      printed<{ readonly actions: readonly object[] }>(await fleet.bot('reconcile', '--format', 'json'));

    it('the product alone accepts what its documents accept', async () => {
      for (const verb of ['scan', 'sync']) printed(await fleet.run([verb, '--format', 'json']));
      expect(await status()).toMatchObject({
        ...{ byStatus: { excepted: 2 }, exceptions: [{ exception: 'app-later', state: 'in-force' }] },
      });
    });

    it('own rules that are merged tighten status, and relax what the product lets them', async () => {
      await propose('rules', { perimeter: PERIMETER, frozen: FROZEN });
      await land('1');
      expect(await status()).toMatchObject({
        ...{ byStatus: { missing: 1, rejected: 1 } },
        exceptions: [{ exception: 'app-later', state: 'ineffective' }],
      });
      const explained = await fleet.run(['explain', 'web-1', 'CVE-2024-1000']);
      expect(explained.stdout).toContain('custom/perimeter:two-days');
    });

    it('an own denial holds the proposal, whoever approved it', async () => {
      expect(await reconcile()).toMatchObject({
        actions: [{ action: 'open', kind: 'remediate', number: 2 }],
      });
      expect((await fleet.run(['pr', 'show', '2'])).stdout).toMatch(/^verdict +not yet: .*custom\/frozen/m);
      expect(await approve('2')).toMatchObject({ verdict: { allowed: false } });
      expect(await fleet.run(['pr', 'merge', '2'], fleet.keys.merger)).toMatchObject({
        ...{ code: 1, stderr: expect.stringContaining('custom/frozen') },
      });
    });

    it('can be mended all the same, and then the proposal lands and the history verifies', async () => {
      await propose('thaw', { frozen: null });
      await land('3');
      await merge('2');
      expect(git(fleet.clone, ['ls-files', 'locks'])).toBe('locks/servers/all.lock.json');
      expect(await reconcile()).toMatchObject({ actions: [] });
    });

    it('a rule that would wave a vulnerability through is refused, and nothing is decided', async () => {
      write({ lenient: LENIENT });
      expect(await fleet.run(['validate'])).toMatchObject({
        code: 2,
        stdout: expect.stringContaining(
          'policies/lenient.rego: changed since policies/build was made; run patchwarden policy build',
        ),
      });
      await build();
      expect(await fleet.run(['validate'])).toMatchObject({ code: 0 });
      expect(await fleet.run(['status'])).toMatchObject({
        ...{ code: 2, stdout: '' },
        stderr: expect.stringMatching(/custom\/lenient.* own rules may not say, so nothing is decided/),
      });
    });
  },
);
