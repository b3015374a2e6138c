import { DASHBOARD_TITLE } from '../../src/domain/dashboard.ts';
import { dashboardBody } from '../../src/review/dashboard-text.ts';
import { driftStory } from '../../src/review/drift-story.ts';
import { housekeepingBody, housekeepingTitle } from '../../src/review/housekeeping-text.ts';
import { pinsBody, pinsTitle } from '../../src/review/pins-text.ts';
import { expeditedStory, promoteStory, rollbackStory } from '../../src/review/proposal-story.ts';
import { renderBody, renderTitle } from '../../src/review/proposal-text.ts';
import { manualPull } from '../../src/review/pull-manual.ts';
import { digest } from './builders/evidence.ts';
import { packageRow, wantedPatch } from './builders/packages.ts';
import { changeOf, preview, proposalFacts, urgent } from './builders/proposal-facts.ts';
import { entry, generation, lock, proven } from './builders/rings.ts';
import { anException } from './fleet-world.ts';

export interface TextOfPull {
  readonly kind: string;
  readonly title: string;
  readonly body: string;
}

/**
 * The text of each kind of pull request, with something in every field that anybody else could have written: whatever its
 * grammar allows, and more.
 * @param of the text of a field
 */
export function untrustedDocuments(of: (field: string) => string): readonly TextOfPull[] {
  const hold = {
    apiVersion: 'patchwarden/v1' as const,
    kind: 'Hold' as const,
    ...{ id: of('hold id'), stream: of('hold stream'), package: of('hold package') },
    ...{ version: of('hold version'), owner: 'team:ops', reason: 'x' },
  };
  // Canonical JSON refuses half a character.
  const locked = (field: string) => of(field).replace(/\p{Cs}/gu, '\ufffd');
  const name = locked('package name');
  const after = lock('all', 3, {
    [name]: entry(locked('locked version'), { advisories: [locked('locked advisory')], untested: true }),
    'apt-doc': entry('2', { role: 'dependency', approvedBy: locked('approved by') }),
  });
  const before = lock('all', 2, { [name]: entry(locked('version before'), { origin: locked('origin') }) });
  const change = { ...changeOf(after, before), ring: of('ring'), path: of('path') };
  const wanted = wantedPatch({
    ...{ candidate: packageRow({ name, version: locked('locked version') }), approvedBy: of('approve rule') },
    ...{ kev: true, due: of('due') },
  });
  const facts = proposalFacts([], {
    baseline: of('baseline'),
    contentDigest: of('content digest'),
    changes: [change],
    wanted: [wanted],
    leftOut: [{ name: of('left out'), version: of('version left out'), reason: of('reason to leave out') }],
    holds: [hold],
    urgent: [
      urgent({
        ...{ advisory: of('advisory'), name: of('urgent package'), rule: of('rule'), due: of('urgent due') },
        kev: { added: of('KEV day'), due: of('KEV due') },
        epss: { score: 0.1, modelDate: of('EPSS model') },
        ssvc: {
          ...{ exploitation: of('exploitation'), automatable: of('automatable') },
          ...{ technicalImpact: of('impact'), source: of('SSVC source') },
        },
      }),
    ],
    effect: {
      ...{ hosts: 1, fleet: 2, names: [of('host')] },
      groups: [{ ring: of('group ring'), unit: of('label unit'), env: of('label env'), hosts: 1 }],
    },
    rollout: [
      preview({
        ...{ ring: of('preview ring'), from: of('from'), finish: of('finish') },
        windows: [{ opens: of('opens'), until: of('until') }],
      }),
    ],
    exceptions: [
      {
        ...{ id: of('exception'), owner: of('owner'), ticket: of('ticket'), validUntil: of('last day') },
        about: [of('excepted')],
      },
    ],
  });
  const proof = generation(lock('canary', 1, {}), {
    ...{ ring: of('proven ring'), merge: of('merge').slice(0, 12), digest: of('proven lock') },
  });
  const bad = [{ package: of('bad package'), version: of('bad version'), reason: of('reason of the halt') }];
  const stories = {
    remediate: [],
    expedited: expeditedStory(3, 15),
    promote: promoteStory({ generation: proof, evidence: proven(proof, { time: of('time of the proof') }) }),
    rollback: rollbackStory(bad),
    drift: driftStory([
      {
        ...{
          ring: of('foreign ring'),
          key: 'k',
          name: of('foreign package'),
          version: of('foreign version'),
        },
        ...{ locked: of('version to go back to'), why: 'not-offered', assets: 1, stays: null },
      },
    ]),
  };
  const pins = {
    pins: [{ pin: 'intel', before: of('pin before'), after: of('pin after'), since: of('pinned since') }],
    matrix: [{ from: 'missing', to: 'waiting', findings: 1, assets: 1, overdue: 0, overdueAfter: 0 }],
    worst: [
      {
        ...{
          advisory: of('moved advisory'),
          name: of('moved package'),
          stream: of('moved stream'),
          kev: true,
        },
        ...{
          severity: 'high' as const,
          from: 'missing',
          due: of('moved due'),
          to: 'waiting',
          nextDue: of('next due'),
        },
        assets: 1,
      },
    ],
    contentDigest: digest('1'),
  } as const;
  const leftover = anException(of('leftover'), {
    ticket: of('leftover ticket'),
    validUntil: of('leftover day'),
  });
  const cleaned = lock(of('cleaned ring'), 1, { [locked('dead package')]: entry(locked('dead version')) });
  const housekeeping = {
    owner: 'team:ops',
    leftovers: [{ exception: leftover, why: 'dead' as const }],
    locks: [
      {
        path: 'locks/x/y.lock.json',
        before: { ...cleaned, baseline: of('cleaned baseline') },
        after: lock('y', 2, {}),
        gone: Object.keys(cleaned.entries),
      },
    ],
    contentDigest: digest('1'),
  };
  const manual = manualPull({
    ...{
      kind: 'manual',
      scope: 'x',
      branch: 'x',
      head: 'x',
      at: 'x',
      title: 'x',
      contentDigest: digest('1'),
    },
    paths: [{ path: of('manual path'), change: 'add' }],
  });
  return [
    ...(['remediate', 'expedited', 'promote', 'rollback', 'drift'] as const).map((kind) => {
      const mine = { ...facts, kind, story: stories[kind] };
      // A title names ids of documents, whose grammar leaves no room.
      return { kind, title: renderTitle({ ...mine, baseline: 'servers' }), body: renderBody(mine) };
    }),
    { kind: 'pins', title: pinsTitle(pins), body: pinsBody(pins) },
    { kind: 'housekeeping', title: housekeepingTitle(housekeeping), body: housekeepingBody(housekeeping) },
    { kind: 'manual', title: manual.title, body: manual.body },
    { kind: 'dashboard', title: DASHBOARD_TITLE, body: untrustedDashboard(of) },
  ];
}

/** The one issue that shows everything; its own numbers of pull requests are left out, for a forge links them. */
function untrustedDashboard(of: (field: string) => string): string {
  const line = (field: string) => [
    {
      ...{ kind: of(`${field} kind`), scope: of(`${field} scope`), number: null, box: true },
      ...{ reason: of(`${field} reason`), detail: of(`${field} detail`), owner: of(`${field} owner`) },
    },
  ];
  return dashboardBody({
    ...{ open: line('open'), waiting: line('waiting'), left: line('left'), refused: line('refused') },
    failed: line('failed'),
    halts: [{ scope: of('halt scope'), by: of('halted by'), reason: of('why halted') }],
    expiring: [{ id: of('expiring'), owner: of('expiring owner'), validUntil: of('expiring day') }],
    observations: [
      {
        ...{ code: 'no-ring', subject: 'x', owner: of('observed owner'), assets: 1 },
        ...{ names: [of('observed host')], sentence: of('observation') },
      },
    ],
    fleet: { assets: 1, findings: 1, overdue: 0, unknown: 0 },
  });
}

/** Both ways in which harmless text may be shown: as words, and as code. */
export const HARMLESS = ['harmless words', 'harmless-1'] as const;

/** Every field with a text of its own. */
export function markedDocuments() {
  const fields = new Map<string, string>();
  const documents = untrustedDocuments((field) => {
    const mark = fields.get(field) ?? `mark-${fields.size}-x`;
    fields.set(field, mark);
    return mark;
  });
  return { fields, documents };
}

/** The text of a proposal as it would be if nobody escaped a reason, in a list, and a ticket, in a table. */
export function withoutEscaping(payload: string): string {
  const { fields, documents } = markedDocuments();
  return ['reason to leave out', 'ticket'].reduce(
    (body, field) => body.replace(`\`${fields.get(field)}\``, () => payload),
    documents[0]?.body ?? '',
  );
}
