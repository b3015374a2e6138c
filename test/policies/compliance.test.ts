import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { loadCompliance } from '../../src/adapters/compliance-packaged.ts';
import { loadRuleCatalogue } from '../../src/adapters/policy-opa-wasm.ts';
import { controlsIn, servesRule } from '../../src/domain/compliance.ts';
import { POLICIES, readPolicyFile } from '../support/policy-files.ts';
import { tempDir } from '../support/temp-dir.ts';

const overlays = await loadCompliance();
const rules = await loadRuleCatalogue();
const controls = controlsIn(overlays);

describe('compliance overlays', () => {
  test('are the four that are promised, each named after its file', () => {
    expect(overlays.map((o) => o.id)).toEqual([
      'iso-27001-2022',
      'mlps-2.0-level-3',
      'nist-sp-800-40r4',
      'pci-dss-4.0.1',
    ]);
    expect(controls.map((c) => `${c.framework} ${c.control}`)).toEqual([
      ...new Set(controls.map((c) => `${c.framework} ${c.control}`)),
    ]);
  });

  test('name no rule that does not exist', () => {
    const patterns = controls.flatMap((c) => c.rules);
    expect(patterns.filter((p) => !rules.some((r) => servesRule([p], r.id)))).toEqual([]);
  });

  test('leave no rule out, in no standard for vulnerabilities any deadline', () => {
    expect(rules.filter((r) => !controls.some((c) => servesRule(c.rules, r.id))).map((r) => r.id)).toEqual(
      [],
    );
    for (const overlay of overlays) {
      const served = overlay.controls.flatMap((c) => c.rules);
      const left = rules.filter((r) => r.id.startsWith('deadlines/') && !servesRule(served, r.id));
      expect([overlay.id, ...left.map((r) => r.id)]).toEqual([overlay.id]);
    }
  });

  test('find a rule by its id, with its deadline, and by its category, and no other', () => {
    expect(servesRule(['deadlines/kev'], 'deadlines/kev:fast')).toBe(true);
    expect(servesRule(['deadlines/*'], 'deadlines/kev-due')).toBe(true);
    expect(servesRule(['deadlines/kev', 'status/*'], 'deadlines/kev-due')).toBe(false);
    expect(servesRule(['deadlines/*'], 'phasing')).toBe(false);
  });

  test('that are damaged are refused by name', async () => {
    const dir = tempDir();
    mkdirSync(join(dir, 'x'));
    writeFileSync(join(dir, 'x/a.json'), JSON.stringify({ ...overlays[0], controls: [] }));
    await expect(loadCompliance(pathToFileURL(join(dir, 'x/')))).rejects.toThrow(
      /a\.json is no compliance overlay: \/controls/,
    );
  });
});

describe('docs/rules.md', () => {
  const doc = readFileSync(new URL('../docs/rules.md', POLICIES), 'utf8');

  test('is what METADATA and overlays say', async () => {
    const { rulesDoc } = await import(new URL('tools/rules-doc.mjs', POLICIES).href);
    expect(rulesDoc(rules, overlays)).toBe(doc);
  });

  test('has every rule, and a line that is its package', () => {
    for (const { id, path, line } of rules) {
      expect(doc).toContain(`### ${id}\n`);
      expect(doc).toContain(`[policies/${path}:${line}](../policies/${path}#L${line})`);
      expect(readPolicyFile(path).split('\n')[line - 1]).toMatch(/^package rules\./);
    }
  });
});
