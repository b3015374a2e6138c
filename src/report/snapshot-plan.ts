import { printable } from '../util/printable.ts';
import { textTable } from './table.ts';

/** What a sync or scan wrote, or in a dry run would write. */
export interface SnapshotPlanView {
  readonly written: boolean;
  readonly snapshots: readonly {
    readonly manifest: {
      readonly snapshot: string;
      readonly digest: string;
      readonly tables: Readonly<Record<string, { readonly rows: number }>>;
      /** What intelligence was made from. */
      readonly feeds?: readonly {
        readonly label: string;
        readonly kind: string;
        readonly records: number;
        readonly newest: string | null;
      }[];
    };
  }[];
  /** Further facts in the order in which they are shown. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly problems: readonly string[];
}

/** Facts, digests by snapshot, and problems, on stdout alone. */
export function snapshotPlanJson({ written, snapshots, facts, problems }: SnapshotPlanView): string {
  const digests = Object.fromEntries(snapshots.map(({ manifest }) => [manifest.snapshot, manifest.digest]));
  return `${JSON.stringify({ written, ...facts, digests, problems }, null, 2)}\n`;
}

export function snapshotPlanText({ written, snapshots }: SnapshotPlanView): string {
  const rows = snapshots.flatMap(({ manifest }) =>
    Object.entries(manifest.tables).map(([table, { rows: n }]) => [
      manifest.snapshot,
      table,
      String(n),
      manifest.digest.slice(0, 'sha256:'.length + 12),
    ]),
  );
  const feeds = snapshots.flatMap(({ manifest }) =>
    (manifest.feeds ?? []).map((f) => [printable(f.label), f.kind, String(f.records), f.newest ?? '-']),
  );
  return [
    `${written ? 'Written' : 'Not written (dry run)'}\n`,
    textTable([['snapshot', 'table', 'rows', 'digest'], ...rows], [2]),
    ...(feeds.length > 0 ? [`\n${textTable([['feed', 'kind', 'records', 'newest'], ...feeds], [2])}`] : []),
  ].join('');
}
