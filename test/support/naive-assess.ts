import { indexAdvisories } from '../../src/assess/match/advisories.ts';
import { type AdvisorySource, advisorySubject } from '../../src/assess/match/advisory-source.ts';
import { judgeSource } from '../../src/assess/match/judge-source.ts';
import { chooseKernels, isKernel } from '../../src/assess/match/kernel.ts';
import type { Baseline } from '../../src/contracts/generated/baseline.ts';
import type { IntelFeed } from '../../src/contracts/generated/config.ts';
import type { DecideInput } from '../../src/contracts/generated/decide-input.ts';
import type { Exception } from '../../src/contracts/generated/exception.ts';
import type {
  AssetRow,
  ComponentRow,
  FleetRows,
  PackageRow,
} from '../../src/contracts/generated/fleet-rows.ts';
import type { Hold } from '../../src/contracts/generated/hold.ts';
import { namesBinaries } from '../../src/domain/advisory-names.ts';
import { moduleOfOrigin, withoutModuleBuild } from '../../src/domain/rpm-module.ts';
import { compareVersions } from '../../src/domain/version/compare.ts';
import { schemeOf } from '../../src/domain/version/scheme.ts';
import type { PolicyEngine } from '../../src/ports/policy-engine.ts';
import { naiveSelects } from './naive-selector.ts';

export interface NaiveWorld {
  readonly rows: FleetRows;
  readonly baselines: readonly Baseline[];
  readonly exceptions: readonly Exception[];
  readonly holds: readonly Hold[];
  readonly feeds: readonly IntelFeed[];
  readonly asOf: string;
}

export interface NaiveFinding {
  readonly asset: string;
  readonly kind: 'vulnerability' | 'update';
  readonly advisory: string | null;
  readonly name: string | null;
  readonly status: string;
  readonly due: string | null;
  readonly rule: string | null;
  readonly overdue: boolean;
  readonly unmitigated: boolean;
  readonly candidate: string | null;
  /** Exceptions that match it, sorted. */
  readonly exceptions: readonly string[];
}

interface Draft {
  readonly asset: AssetRow;
  readonly component: ComponentRow | null;
  readonly kind: 'vulnerability' | 'update';
  /** Exact ids of the vulnerability, its own first; empty where there is none. */
  readonly names: readonly string[];
  readonly reboot: boolean;
  readonly severity: string;
  readonly kev: string | null;
  readonly kevDue: string | null;
  readonly threat: Threat;
  readonly fix: string;
  readonly affected: string;
  readonly vex: string;
  readonly offers: readonly PackageRow[];
  readonly published: string | null;
  readonly fixAvailable: string | null;
}

interface Threat {
  readonly exploitation: string;
  readonly automatable: string;
  readonly technicalImpact: string;
  readonly epss: number | null;
}
const NO_THREAT: Threat = {
  exploitation: 'unknown',
  automatable: 'unknown',
  technicalImpact: 'unknown',
  epss: null,
};

const orderOf =
  (stream: string | null) =>
  (a: string, b: string): number =>
    compareVersions(schemeOf(stream ?? ''), a, b);
/** What a package can be replaced by: nothing of a module by something outside, nor by another stream of it. */
const buildOf = (version: string, module: string | undefined): string | undefined =>
  version.includes('.module') ? module : '';
const least = (list: readonly (string | null | undefined)[]): string | null =>
  list.filter((x): x is string => typeof x === 'string').sort()[0] ?? null;
const SEVERITIES = ['critical', 'high', 'medium', 'low', 'none', 'unknown'];
const worst = (list: readonly string[]): string => SEVERITIES.find((s) => list.includes(s)) ?? 'unknown';
const OPEN = ['missing', 'waiting', 'pinned', 'rejected', 'pending-reboot'];
const days = (from: string | null, to: string): number =>
  from === null ? 0 : Math.max(0, Math.floor((Date.parse(to) - Date.parse(from)) / 86_400_000));

/** Of a patch that closes several. */
function worstThreat(threats: readonly Threat[]) {
  const point = (key: 'exploitation' | 'automatable' | 'technicalImpact', values: readonly string[]) => {
    const told = threats.map((t) => t[key]);
    const top = values.at(-1) ?? '';
    if (told.includes(top)) return top;
    if (told.length === 0 || told.includes('unknown')) return 'unknown';
    return [...values].reverse().find((v) => told.includes(v)) ?? 'unknown';
  };
  const scores = threats.flatMap((t) => t.epss ?? []);
  return {
    exploitation: point('exploitation', ['none', 'poc', 'active']) as 'none',
    automatable: point('automatable', ['no', 'yes']) as 'no',
    technicalImpact: point('technicalImpact', ['partial', 'total']) as 'total',
    epss: scores.length === 0 ? null : Math.max(...scores),
  };
}

/** The greatest score that a deadline of the baseline asks for and that is reached. */
function reached(baseline: Baseline | null, score: number | null): number | null {
  const asked = (baseline?.deadlines ?? []).flatMap((x) => (x.kind === 'epss' ? [x.atLeast] : []));
  return score === null || asked.length === 0 ? null : Math.max(0, ...asked.filter((a) => a <= score));
}

const CONTAINERS =
  'buildah containerd* cri-o crun docker-ce* docker.io* incus lxc lxd moby-engine nvidia-container-toolkit podman runc';

function scopes(baseline: Baseline | null, component: ComponentRow | null): string[] {
  const names = [component?.name, component?.sourcePackage].flatMap((n) => n ?? []);
  return (baseline?.deadlines ?? [])
    .filter((x) => x.kind === 'container-escape')
    .filter((x) =>
      (x.packages ?? CONTAINERS.split(' ')).some((glob) =>
        names.some((n) => (glob.endsWith('*') ? n.startsWith(glob.slice(0, -1)) : n === glob)),
      ),
    )
    .map((x) => x.id)
    .sort();
}

/** The whole assessment again: one asset, one package, one advisory at a time; nothing is shared, nothing is reduced. */
export function naiveAssess(world: NaiveWorld, policy: PolicyEngine): NaiveFinding[] {
  const { rows, asOf } = world;
  const today = asOf.slice(0, 10);
  const drafts = rows.assets.flatMap((asset) => draftsOf(asset));
  const valid = world.exceptions.filter((e) => e.validFrom <= today && today <= e.validUntil);
  const counting = valid.filter((e) => {
    const covered = new Set(drafts.filter((d) => covers(e, d)).map((d) => d.asset.asset));
    return e.maxAssets === undefined || covered.size <= e.maxAssets;
  });
  return drafts.map((d) => decided(d));

  function draftsOf(asset: AssetRow): Draft[] {
    const all = rows.components.filter((c) => c.set === asset.set);
    const { judged, waiting, superseded } = chooseKernels(all, asset.runningKernel);
    const ecosystem = (asset.stream ?? '').split(':').slice(0, 2).join(':');
    const known = asset.unknown === null;
    return [
      ...(known && rows.affected.some((a) => a.ecosystem === ecosystem) ? [] : [blind(asset, null)]),
      ...(known
        ? judged.flatMap((c) => vulnerabilities(asset, c as ComponentRow, waiting as ComponentRow[]))
        : []),
      ...(known ? all.filter((c) => !superseded.includes(c)).flatMap((c) => updates(asset, c)) : []),
    ];
  }

  function blind(asset: AssetRow, component: ComponentRow | null): Draft {
    const nothing = {
      severity: 'unknown',
      kev: null,
      kevDue: null,
      threat: NO_THREAT,
      fix: 'none',
      offers: [],
      published: null,
      fixAvailable: null,
    };
    return {
      asset,
      component,
      kind: 'vulnerability',
      names: [],
      reboot: false,
      affected: 'unknown',
      vex: 'none',
      ...nothing,
    };
  }

  function hitsOf(asset: AssetRow, c: ComponentRow) {
    const source = subjectOf(asset, c);
    if (source === null || asset.stream === null) return [];
    const ecosystem = asset.stream.split(':').slice(0, 2).join(':');
    const relevant = rows.advisories.filter((a) =>
      rows.affected.some((r) => r.advisory === a.advisory && r.ecosystem === ecosystem),
    );
    return judgeSource(indexAdvisories(relevant, rows.affected, ecosystem), source).map((j) => {
      const said = (kind: string) =>
        least(
          rows.advisories
            .filter((a) => j.records.includes(a.advisory) && a.kind === kind)
            .map((a) => a.published),
        );
      return {
        names: [j.advisory, ...j.aliases],
        fixed: j.fixedIn,
        severity: j.severity,
        kev: least(rows.kev.filter((k) => j.exploitIds.includes(k.cve)).map((k) => k.dateAdded)),
        kevDue: least(rows.kev.filter((k) => j.exploitIds.includes(k.cve)).map((k) => k.dueDate)),
        exploitIds: j.exploitIds,
        threat: threatOf(j.exploitIds),
        affected:
          j.verdict === 'affected' && j.fixedIn === null && j.urgency === 'unimportant'
            ? 'not-affected'
            : j.verdict,
        published: said(j.kind),
        bulletinAt: j.fixedIn === null ? null : said('bulletin'),
      };
    });
  }

  /** One vulnerability after the other; what is not known of one is only outweighed by the worst that is known of another. */
  function threatOf(ids: readonly string[]): Threat {
    const cves = ids.some((id) => id.startsWith('CVE-')) ? ids.filter((id) => id.startsWith('CVE-')) : ids;
    const point = (key: 'exploitation' | 'automatable' | 'technicalImpact', values: readonly string[]) => {
      const told = cves.map((cve) => {
        const claims = rows.ssvc.filter((s) => s.cve === cve);
        const newest = claims.filter(
          (s) => !claims.some((o) => o.source === s.source && Date.parse(o.at) > Date.parse(s.at)),
        );
        const said = newest.flatMap((s) => s[key] ?? []);
        return [...values].reverse().find((v) => said.includes(v as 'none')) ?? 'unknown';
      });
      if (told.includes(values.at(-1) ?? '')) return values.at(-1) ?? '';
      return told.includes('unknown')
        ? 'unknown'
        : ([...values].reverse().find((v) => told.includes(v)) ?? '');
    };
    const scores = rows.epss.filter((e) => cves.includes(e.cve)).map((e) => e.score);
    return {
      exploitation: point('exploitation', ['none', 'poc', 'active']),
      automatable: point('automatable', ['no', 'yes']),
      technicalImpact: point('technicalImpact', ['partial', 'total']),
      epss: scores.length === 0 ? null : Math.max(...scores),
    };
  }

  /** Statement by statement: who is trusted, what it is about, and whether the same source said something newer. */
  function vexOf(asset: AssetRow, c: ComponentRow, names: readonly string[]): string {
    const counting = (rows.vex ?? []).filter((v) => {
      const [url = '', query = ''] = v.product.split('?');
      const [path = '', version] = url.split('@');
      const trust = world.feeds.flatMap((f) => (f.path === v.feed ? (f.trust ?? []) : []));
      const said = new Map(query.split('&').map((q) => q.split('=') as [string, string]));
      const source = said.get('arch') === 'source';
      const [, distro, name] = path.split('/');
      const subject = subjectOf(asset, c);
      const called = source ? [c.sourcePackage, subject?.name] : [c.name];
      const versions = source ? [c.sourceVersion, subject?.version] : [c.version];
      return (
        names.includes(v.vulnerability) &&
        trust.some((t) => (t.endsWith('*') ? path.startsWith(t.slice(0, -1)) : path === t)) &&
        !v.product.includes(' in ') &&
        (asset.stream ?? '').startsWith(`${distro ?? ''}:`) &&
        called.includes(name ?? '') &&
        (version === undefined ? v.status !== 'fixed' : versions.includes(version)) &&
        (source || !said.has('arch') || said.get('arch') === c.arch) &&
        (!said.has('distro') || said.get('distro') === asset.stream?.split(':').slice(0, 2).join('-'))
      );
    });
    const time = (at: string | null): number => (at === null ? 0 : Date.parse(at));
    const newest = counting.filter(
      (v) => !counting.some((o) => o.feed === v.feed && o.source === v.source && time(o.at) > time(v.at)),
    );
    const said = newest.map((v) => v.status);
    if (said.length === 0 || said.includes('affected') || said.includes('under_investigation')) return 'none';
    return said.includes('not_affected') ? 'not-affected' : 'fixed';
  }

  function subjectOf(asset: AssetRow, c: ComponentRow): AdvisorySource | null {
    return asset.stream === null ? null : advisorySubject(asset.stream, c);
  }

  function originsOf(asset: AssetRow): readonly string[] {
    const own = rows.origins.filter((o) => o.asset === asset.asset).map((o) => o.origin);
    return own.length > 0 ? own : rows.packages.filter((p) => p.stream === asset.stream).map((p) => p.origin);
  }

  function newer(asset: AssetRow, c: ComponentRow, anywhere = false): PackageRow[] {
    const mine = originsOf(asset);
    return rows.packages.filter(
      (p) =>
        replaces(asset, p, c) &&
        (anywhere || mine.includes(p.origin)) &&
        orderOf(asset.stream)(p.version, c.version) > 0,
    );
  }

  function replaces(asset: AssetRow, p: PackageRow, c: ComponentRow): boolean {
    const independent = p.arch === 'all' || c.arch === 'all';
    if (p.stream !== asset.stream || p.name !== c.name || !(p.arch === c.arch || independent)) return false;
    return (
      buildOf(p.version, moduleOfOrigin(p.origin)) !== undefined &&
      buildOf(p.version, moduleOfOrigin(p.origin)) === buildOf(c.version, c.module)
    );
  }

  function offeredAs(p: PackageRow): AdvisorySource {
    return advisorySubject(p.stream, p) as AdvisorySource;
  }

  function sameSource(asset: AssetRow, p: PackageRow, c: ComponentRow): boolean {
    return namesBinaries(asset.stream ?? '') || p.sourcePackage === c.sourcePackage;
  }

  function closes(asset: AssetRow, p: PackageRow, c: ComponentRow, fixed: string | null): boolean {
    return (
      fixed !== null &&
      sameSource(asset, p, c) &&
      orderOf(asset.stream)(offeredAs(p).version, withoutModuleBuild(fixed)) >= 0
    );
  }

  function seen(
    stream: string | null,
    name: string,
    build: string | undefined,
    test: (version: string, source: string) => boolean,
  ): string | null {
    return least(
      rows.firstSeen
        .filter((f) => f.stream === stream && f.package === name)
        .filter((f) => build !== undefined && buildOf(f.version, moduleOfOrigin(f.origin)) === build)
        .filter((f) => test(f.version, namesBinaries(f.stream) ? f.version : f.sourceVersion))
        .map((f) => f.at),
    );
  }

  function fixOf(asset: AssetRow, component: ComponentRow, fixed: string | null): string {
    if (fixed === null) return 'none';
    const cmp = orderOf(asset.stream);
    if (newer(asset, component).some((p) => closes(asset, p, component, fixed))) return 'available';
    if (newer(asset, component, true).some((p) => closes(asset, p, component, fixed))) return 'needs';
    const mine = originsOf(asset);
    const [newest] = rows.packages
      .filter((p) => replaces(asset, p, component) && mine.includes(p.origin))
      .sort((a, b) => cmp(b.version, a.version) || cmp(b.sourceVersion, a.sourceVersion));
    return newest && cmp(offeredAs(newest).version, withoutModuleBuild(fixed)) < 0 ? 'needs' : 'released';
  }

  function vulnerabilities(
    asset: AssetRow,
    component: ComponentRow,
    waiting: readonly ComponentRow[],
  ): Draft[] {
    if (subjectOf(asset, component) === null) return [blind(asset, component)];
    const cmp = orderOf(asset.stream);
    return hitsOf(asset, component).map(
      ({ names, fixed, severity, kev, kevDue, threat, affected, published, bulletinAt }) => {
        const sure = affected === 'affected';
        const reboot =
          isKernel(component) &&
          waiting.some(
            (w) =>
              subjectOf(asset, w)?.name === subjectOf(asset, component)?.name &&
              fixed !== null &&
              cmp(subjectOf(asset, w)?.version ?? '', withoutModuleBuild(fixed)) >= 0,
          );
        const sight = seen(
          asset.stream,
          component.name,
          buildOf(component.version, component.module),
          (v, s) => fixed !== null && cmp(v, component.version) > 0 && cmp(s, withoutModuleBuild(fixed)) >= 0,
        );
        return {
          asset,
          component,
          kind: 'vulnerability',
          names,
          reboot,
          severity,
          kev,
          kevDue,
          threat,
          fix: !sure ? 'none' : reboot ? 'available' : fixOf(asset, component, fixed),
          affected,
          vex: vexOf(asset, component, names),
          offers: newer(asset, component).filter((p) => sure && closes(asset, p, component, fixed)),
          published,
          fixAvailable: least([sight, bulletinAt]),
        };
      },
    );
  }

  function updates(asset: AssetRow, component: ComponentRow): Draft[] {
    const offers = newer(asset, component);
    const top = best(offers);
    if (top === null) return [];
    return [
      {
        asset,
        component,
        kind: 'update',
        names: [],
        reboot: false,
        severity: offers.some((p) => p.security) ? 'unknown' : 'none',
        kev: null,
        kevDue: null,
        threat: NO_THREAT,
        fix: 'available',
        affected: 'affected',
        vex: 'none',
        offers,
        published: null,
        fixAvailable: seen(
          asset.stream,
          component.name,
          buildOf(component.version, component.module),
          (v) => orderOf(asset.stream)(v, component.version) > 0,
        ),
      },
    ];
  }

  /** The newest; of one version the security archive's, then the first by origin. */
  function best(list: readonly PackageRow[]): PackageRow | null {
    const key = (p: PackageRow) => [p.version, p.origin, p.source, p.filename].join('\n');
    return (
      [...list].sort(
        (a, b) =>
          orderOf(a.stream)(b.version, a.version) ||
          Number(b.security) - Number(a.security) ||
          (key(a) < key(b) ? -1 : 1),
      )[0] ?? null
    );
  }

  function covers(e: Exception, d: Draft): boolean {
    if (!naiveSelects(e.select, d.asset.labels) || d.component === null) return false;
    if (e.match.advisories && !e.match.advisories.some((a) => d.names.includes(a))) return false;
    if (!e.match.component) return e.match.advisories !== undefined;
    const source = subjectOf(d.asset, d.component);
    if (source === null) return false;
    if (![d.component.sourcePackage, source.name].includes(e.match.component.name)) return false;
    const { before } = e.match.component;
    return before === undefined || orderOf(d.asset.stream)(source.version, before) < 0;
  }

  function approved(baseline: Baseline, d: Draft, p: PackageRow) {
    const component = d.component as ComponentRow;
    const hits = hitsOf(d.asset, component);
    const closed = hits.filter((h) => h.affected === 'affected' && closes(d.asset, p, component, h.fixed));
    const cmp = orderOf(p.stream);
    const build = buildOf(p.version, moduleOfOrigin(p.origin));
    const firstSeen = seen(p.stream, p.name, build, (v) => v === p.version);
    const published =
      closed
        .flatMap((h) => h.published ?? [])
        .sort()
        .at(-1) ?? null;
    const secures = newer(d.asset, component, true).some((k) => k.security && cmp(k.version, p.version) <= 0);
    const behind = seen(p.stream, p.name, build, (v) => cmp(v, component.version) > 0);
    const answer = policy.approve({
      baseline: { id: baseline.id, approve: baseline.approve, reject: baseline.reject ?? [] },
      candidate: {
        stream: p.stream,
        package: p.name,
        sourcePackage: p.sourcePackage,
        version: p.version,
        arch: p.arch,
        origin: p.origin,
        classification: secures || closed.length > 0 ? 'security' : 'update',
        severity: worst(closed.map((h) => h.severity)) as 'low',
        advisories: closed.map((h) => h.names[0] as string).sort(),
        fixState:
          closed.length === 0
            ? 'none'
            : hits.every((h) => h.affected !== 'affected' || closed.includes(h))
              ? 'complete'
              : 'partial',
        cves: [...new Set(closed.flatMap((h) => h.exploitIds.filter((id) => id.startsWith('CVE-'))))].sort(),
        kev: closed.some((h) => h.kev !== null),
        ...worstThreat(closed.map((h) => h.threat)),
        exposures: exposures(baseline, d),
        product: p.stream.split(':').slice(0, 2).join(':'),
        release: p.version.includes('-') ? p.version.slice(p.version.lastIndexOf('-') + 1) : null,
        purl: `pkg:${p.stream.startsWith('debian') ? 'deb' : 'rpm'}/${p.stream.split(':')[0]}/${encodeURIComponent(p.name)}`,
        section: p.section,
        packagePriority: p.priority,
        held: world.holds.some(
          (h) => h.stream === p.stream && h.package === p.name && h.version === p.version,
        ),
        age: {
          firstSeen: days(firstSeen, asOf),
          published: published === null ? null : days(published, asOf),
          behind: days(behind, asOf),
          releaseDate: (published ?? firstSeen)?.slice(0, 10) ?? null,
        },
      },
    });
    return answer.verdict === 'approved' && p.phased !== null && p.phased < 100
      ? { verdict: 'waiting' as const, rule: 'phasing' }
      : { verdict: answer.verdict, rule: answer.rule };
  }

  /** Of the hosts of the baseline that have exactly this package, and a finding on it. */
  function exposures(baseline: Baseline, { asset, component }: Draft): (string | null)[] {
    const asks = [...baseline.approve, ...(baseline.reject ?? [])].some((r) => r.match.exposure);
    const what = (c: ComponentRow | null) => c && { ...c, set: '', state: '', module: c.module ?? null };
    const same = (a: ComponentRow | null) => JSON.stringify(what(a)) === JSON.stringify(what(component));
    const others = drafts.filter((o) => o.asset.stream === asset.stream && same(o.component));
    const labels = others
      .filter((o) => governing(o.asset).baseline === baseline)
      .map((o) => o.asset.labels.exposure ?? null);
    return asks ? [...new Set(labels)] : [];
  }

  function governing({ labels }: AssetRow) {
    const selecting = world.baselines.filter((b) => naiveSelects(b.select, labels));
    const priority = Math.max(...selecting.map((b) => b.priority));
    const top = selecting.filter((b) => b.priority === priority);
    return { top, baseline: top.length === 1 ? (top[0] ?? null) : null };
  }

  function judged(d: Draft, baseline: Baseline | null) {
    const none = { pkg: null, verdict: 'none' as const, rule: null };
    if (baseline === null || d.offers.length === 0) return none;
    const cmp = orderOf(d.asset.stream);
    const versions = [...new Set(d.offers.map((p) => p.version))];
    const one = versions.map((v) => best(d.offers.filter((p) => cmp(p.version, v) === 0)) as PackageRow);
    const all = one.map((pkg) => ({ pkg, ...approved(baseline, d, pkg) }));
    all.sort((a, b) => cmp(b.pkg.version, a.pkg.version));
    return all.find((a) => a.verdict === 'approved') ?? all[0] ?? none;
  }

  function decided(d: Draft): NaiveFinding {
    const { labels } = d.asset;
    const { top, baseline } = governing(d.asset);
    const ring = baseline?.rings.find((r) => naiveSelects(r.select, labels))?.id ?? null;
    const unknown =
      d.asset.unknown ??
      (top.length > 1 ? 'two-baselines' : baseline !== null && ring === null ? 'no-ring' : null);
    const applying = (baseline?.deadlines ?? []).filter((x) => !x.select || naiveSelects(x.select, labels));
    const judgement = judged(d, baseline);
    const matched = counting.filter((e) => covers(e, d)).sort((a, b) => (a.id < b.id ? -1 : 1));
    const input: DecideInput = {
      context: {
        baseline: baseline
          ? {
              id: baseline.id,
              mode: baseline.mode ?? 'observe',
              deadlines: applying,
              exceptionDays: baseline.exceptionDays ?? {},
            }
          : null,
        ring,
        unknown: unknown as null,
        // All of them: what no rule reads must change nothing.
        labels: { ...labels },
      },
      finding: {
        kind: d.kind,
        stream: d.asset.stream ?? 'unknown:unknown:unknown',
        severity: d.severity as 'low',
        kev: d.kev !== null,
        exploitation: d.threat.exploitation as 'none',
        automatable: d.threat.automatable as 'no',
        technicalImpact: d.threat.technicalImpact as 'total',
        epss: reached(baseline, d.threat.epss),
        scopes: scopes(baseline, d.component),
        fix: d.fix as 'none',
        held: d.component?.held ?? false,
        affected: d.affected as 'affected',
        vex: d.vex as 'none',
        approval: { verdict: judgement.verdict, rule: judgement.rule },
      },
      exceptions: matched.map((e) => ({
        id: e.id,
        decision: e.decision,
        controlled: (e.controls ?? []).length > 0,
        days: (Date.parse(e.validUntil) - Date.parse(e.validFrom)) / 86_400_000 + 1,
      })),
    };
    const answer = policy.decide(input);
    // Exceptions neither stop a clock nor start one: the duties are those of the finding without them.
    const { obligations } = policy.decide({ ...input, exceptions: [] });
    const pkg = judgement.pkg;
    const published = d.published ?? d.fixAvailable;
    const fixAvailable = d.fixAvailable ?? d.published;
    const sight = pkg
      ? seen(pkg.stream, pkg.name, buildOf(pkg.version, moduleOfOrigin(pkg.origin)), (v) => v === pkg.version)
      : null;
    const clocks = {
      published,
      fixAvailable,
      firstSeen: sight ?? fixAvailable,
      kevAdded: d.kev,
      kevDue: d.kevDue,
    };
    const dues = obligations
      .flatMap((o) => {
        const from = clocks[o.clock];
        if (from === null) return [];
        const due = new Date(Date.parse(`${from.slice(0, 10)}T00:00:00Z`) + o.days * 86_400_000);
        return [`${due.toISOString().slice(0, 10)} ${o.rule}`];
      })
      .sort();
    const due = dues[0]?.slice(0, 10) ?? null;
    const overlaid = ['mitigated', 'excepted', 'pinned', 'rejected', 'no-fix', 'waiting', 'missing'];
    const status = d.reboot && overlaid.includes(answer.status) ? 'pending-reboot' : answer.status;
    return {
      asset: d.asset.asset,
      kind: d.kind,
      advisory: d.names[0] ?? null,
      name: d.component?.name ?? null,
      status,
      due,
      rule: dues[0]?.slice(11) ?? null,
      overdue: due !== null && due < today && OPEN.includes(status),
      unmitigated: due !== null && due < today && status === 'no-fix',
      candidate: pkg?.version ?? null,
      exceptions: matched.map((e) => e.id),
    };
  }
}
