import { printable } from '../util/printable.ts';

type Step =
  | { readonly step: 'stage'; readonly sha256: string; readonly path: string }
  | { readonly step: string; readonly argv: readonly string[] };

/** What a report of a plan needs to know of one host. */
type Forecast =
  | {
      readonly kind: 'plan';
      readonly refusal: string | null;
      readonly missingBytes: readonly string[];
      readonly plan: {
        readonly asset: string;
        readonly baseline: string;
        readonly ring: string;
        readonly lock: string;
        readonly digest: string;
        readonly packages: readonly {
          readonly name: string;
          readonly from: string | null;
          readonly version: string;
          readonly arch: string;
          readonly sha256: string;
        }[];
        readonly leftOut: readonly {
          readonly purl: string;
          readonly state: string;
          readonly installed: string | null;
          readonly wanted: string;
          readonly reason: string;
        }[];
        readonly steps: readonly Step[];
      };
    }
  | { readonly kind: 'unknown'; readonly asset: string; readonly reason: string };

interface PlanLike {
  readonly head: string;
  readonly hosts: readonly Forecast[];
}

/** Per host: the packages, the commands word by word, and why the rest is left out. */
export function applyPlanText({ head, hosts }: PlanLike): string {
  const lines = [`Verified head ${head.slice(0, 12)}; nothing was changed`];
  if (hosts.length === 0) lines.push('No host is governed by a baseline in mode apply with a merged lock.');
  for (const host of hosts) lines.push('', ...(host.kind === 'plan' ? planLines(host) : [unknownLine(host)]));
  return lines.map((l) => `${printable(l)}\n`).join('');
}

const unknownLine = (host: Extract<Forecast, { kind: 'unknown' }>): string =>
  `${host.asset}: unknown, ${host.reason}`;

function planLines({ plan, refusal, missingBytes }: Extract<Forecast, { kind: 'plan' }>): readonly string[] {
  const due = plan.steps.length > 0;
  return [
    `${plan.asset}: ${due ? `${plan.packages.length} package(s) to install` : 'nothing to do'} (${plan.baseline}/${plan.ring}, lock ${short(plan.lock)}, plan ${short(plan.digest)})`,
    ...(refusal === null ? [] : [`  would be refused: ${refusal}`]),
    ...missingBytes.map((sha) => `  bytes missing in the artifact store: ${sha}`),
    ...plan.packages.map(
      (p) => `  ${p.name}:${p.arch} ${p.from ?? '(new)'} -> ${p.version}  sha256 ${p.sha256}`,
    ),
    ...plan.leftOut.map(
      (l) => `  left out: ${l.purl} ${l.state} (${l.installed ?? 'none'}, locked ${l.wanted}): ${l.reason}`,
    ),
    ...plan.steps.map((s) =>
      'argv' in s ? `  ${s.step}: ${JSON.stringify(s.argv)}` : `  ${s.step}: ${s.path}  sha256 ${s.sha256}`,
    ),
  ];
}

const short = (digest: string): string => digest.replace(/^sha256:/, '').slice(0, 12);

/** `{head, hosts: [{kind: 'plan', plan, refusal, missingBytes} | {kind: 'unknown', asset, reason}]}` */
export const applyPlanJson = (result: PlanLike): string => `${JSON.stringify(result, null, 2)}\n`;
