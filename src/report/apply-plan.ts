import { printable } from '../util/printable.ts';

/** What a report of a plan needs to know of one host. */
export interface PlannedHost {
  readonly asset: string;
  readonly state: string;
  readonly wave: number | null;
  readonly reason: string;
  readonly missingBytes: readonly string[];
  readonly plan: {
    readonly packages: readonly {
      readonly name: string;
      readonly from: string | null;
      readonly version: string;
      readonly arch: string;
      readonly sha256: string;
    }[];
    readonly mend: readonly string[];
    readonly refusal: string | null;
    readonly leftOut: readonly {
      readonly purl: string;
      readonly state: string;
      readonly installed: string | null;
      readonly wanted: string;
      readonly reason: string;
    }[];
  } | null;
}

export interface PlannedRing {
  readonly baseline: string;
  readonly ring: string;
  readonly generation: number;
  readonly lock: string;
  readonly plan: string;
  readonly state: string;
  readonly reason: string;
  readonly waves: readonly { readonly wave: number; readonly hosts: readonly string[] }[];
  readonly uncovered: readonly string[];
  readonly bakeMinutes: number;
  readonly atLeastMinutes: number;
  readonly window:
    | { readonly kind: 'open'; readonly until: string | null }
    | { readonly kind: 'closed'; readonly next: string | null; readonly reason: string };
  readonly hosts: readonly PlannedHost[];
}

interface PlanLike {
  readonly head: string;
  readonly asOf: string;
  readonly rings: readonly PlannedRing[];
}

/** Per ring: waves, window and what is left uncovered; per host: the packages, and why the rest is left out. */
export function applyPlanText({ head, asOf, rings }: PlanLike): string {
  const lines = [`Verified head ${short(head)}, as of ${asOf}; nothing was changed`];
  if (rings.length === 0) lines.push('No ring of a baseline in mode apply has a merged lock.');
  for (const ring of rings) lines.push('', ...ringLines(ring));
  return lines.map((l) => `${printable(l)}\n`).join('');
}

function ringLines(ring: PlannedRing): readonly string[] {
  const due = ring.hosts.filter((h) => h.state === 'due').length;
  return [
    `${ring.baseline}/${ring.ring}: generation ${ring.generation}, ${due} of ${ring.hosts.length} host(s) behind (lock ${short(ring.lock)}, plan ${short(ring.plan)})`,
    `  now: ${ring.state}, ${ring.reason}`,
    `  window: ${windowWords(ring.window)}; bake ${ring.bakeMinutes} min; at least ${ring.atLeastMinutes} min in all`,
    ...ring.waves.map(
      (w) =>
        `  wave ${w.wave}${w.wave === 0 ? ' (canary)' : ''}: ${w.hosts.length} host(s): ${w.hosts.join(', ')}`,
    ),
    ...ring.uncovered.map((c) => `  uncovered by the canary: ${c}`),
    ...ring.hosts.flatMap(hostLines),
  ];
}

function windowWords(window: PlannedRing['window']): string {
  if (window.kind === 'closed')
    return `closed (${window.reason}), next ${window.next ?? 'never in the next twelve years'}`;
  return window.until === null ? 'always open' : `open, hosts may start until ${window.until}`;
}

function hostLines({ asset, state, reason, plan, missingBytes }: PlannedHost): readonly string[] {
  if (!plan) return [`  ${asset}: ${state}, ${reason}`];
  return [
    `  ${asset}: ${plan.packages.length} package(s) to install`,
    ...(plan.refusal === null ? [] : [`    would be refused: ${plan.refusal}`]),
    ...plan.mend.map((name) => `    to be finished first: ${name}`),
    ...missingBytes.map((sha) => `    bytes missing in the artifact store: ${sha}`),
    ...plan.packages.map(
      (p) => `    ${p.name}:${p.arch} ${p.from ?? '(new)'} -> ${p.version}  sha256 ${p.sha256}`,
    ),
    ...plan.leftOut.map(
      (l) => `    left out: ${l.purl} ${l.state} (${l.installed ?? 'none'}, locked ${l.wanted}): ${l.reason}`,
    ),
  ];
}

const short = (digest: string): string => digest.replace(/^sha256:/, '').slice(0, 12);

/** `{head, asOf, rings: [{baseline, ring, generation, lock, plan, state, reason, waves, uncovered, window, hosts: […]}]}` */
export const applyPlanJson = (result: PlanLike): string => `${JSON.stringify(result, null, 2)}\n`;
