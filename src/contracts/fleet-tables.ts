import type { FleetRows } from './generated/fleet-rows.ts';

/** Columns of one table: name → SQL type. Their order is the order of appended rows. */
export type Columns = Readonly<
  Record<string, 'VARCHAR' | 'VARCHAR[]' | 'BOOLEAN' | 'INTEGER' | 'BIGINT' | 'DOUBLE'>
>;

/** Rows as they are told. Labels travel as two lists and become a map in the snapshot. */
export const ROW_TABLES = {
  assets: {
    asset: 'VARCHAR',
    stream: 'VARCHAR',
    set: 'VARCHAR',
    labelNames: 'VARCHAR[]',
    labelValues: 'VARCHAR[]',
    unknown: 'VARCHAR',
    runningKernel: 'VARCHAR',
    rebootRequired: 'BOOLEAN',
    observedAt: 'VARCHAR',
    source: 'VARCHAR',
  },
  components: {
    set: 'VARCHAR',
    name: 'VARCHAR',
    version: 'VARCHAR',
    arch: 'VARCHAR',
    sourcePackage: 'VARCHAR',
    sourceVersion: 'VARCHAR',
    held: 'BOOLEAN',
    state: 'VARCHAR',
    module: 'VARCHAR',
  },
  origins: { asset: 'VARCHAR', origin: 'VARCHAR' },
  labels: { asset: 'VARCHAR', labelNames: 'VARCHAR[]', labelValues: 'VARCHAR[]' },
  advisories: {
    advisory: 'VARCHAR',
    kind: 'VARCHAR',
    aliases: 'VARCHAR[]',
    related: 'VARCHAR[]',
    summary: 'VARCHAR',
    published: 'VARCHAR',
    modified: 'VARCHAR',
    withdrawn: 'VARCHAR',
    severity: 'VARCHAR',
    severitySource: 'VARCHAR',
    score: 'DOUBLE',
    feed: 'VARCHAR',
  },
  affected: {
    advisory: 'VARCHAR',
    ecosystem: 'VARCHAR',
    package: 'VARCHAR',
    scheme: 'VARCHAR',
    introduced: 'VARCHAR',
    fixed: 'VARCHAR',
    lastAffected: 'VARCHAR',
    versions: 'VARCHAR[]',
    urgency: 'VARCHAR',
  },
  kev: { cve: 'VARCHAR', dateAdded: 'VARCHAR', dueDate: 'VARCHAR', ransomware: 'BOOLEAN' },
  ssvc: {
    cve: 'VARCHAR',
    source: 'VARCHAR',
    at: 'VARCHAR',
    exploitation: 'VARCHAR',
    automatable: 'VARCHAR',
    technicalImpact: 'VARCHAR',
  },
  epss: { cve: 'VARCHAR', score: 'DOUBLE', percentile: 'DOUBLE', modelDate: 'VARCHAR' },
  claims: {
    cve: 'VARCHAR',
    source: 'VARCHAR',
    kind: 'VARCHAR',
    value: 'VARCHAR',
    vector: 'VARCHAR',
    at: 'VARCHAR',
  },
  vex: {
    source: 'VARCHAR',
    document: 'VARCHAR',
    at: 'VARCHAR',
    vulnerability: 'VARCHAR',
    product: 'VARCHAR',
    status: 'VARCHAR',
    justification: 'VARCHAR',
    statement: 'VARCHAR',
    feed: 'VARCHAR',
  },
  packages: {
    source: 'VARCHAR',
    origin: 'VARCHAR',
    stream: 'VARCHAR',
    security: 'BOOLEAN',
    name: 'VARCHAR',
    version: 'VARCHAR',
    arch: 'VARCHAR',
    sourcePackage: 'VARCHAR',
    sourceVersion: 'VARCHAR',
    sha256: 'VARCHAR',
    size: 'BIGINT',
    filename: 'VARCHAR',
    section: 'VARCHAR',
    priority: 'VARCHAR',
    phased: 'INTEGER',
    fetch: 'VARCHAR',
    immutable: 'BOOLEAN',
    stanza: 'VARCHAR',
  },
  firstSeen: {
    stream: 'VARCHAR',
    origin: 'VARCHAR',
    package: 'VARCHAR',
    version: 'VARCHAR',
    sourceVersion: 'VARCHAR',
    at: 'VARCHAR',
  },
} as const satisfies Record<keyof FleetRows, Columns>;

const { assets, components, origins: _, ...others } = ROW_TABLES;
const { set: _digest, stream, unknown, runningKernel, ...facts } = assets;
const { set, ...component } = components;

/**
 * Rows as they are stored: what many assets share stands once, known by a number. What findings can hang on is a shape; a
 * set of packages is made of bundles, of which sets that differ in little have most in common.
 */
export const FLEET_TABLES = {
  assets: { ...facts, shapeId: 'INTEGER' },
  shapes: { shapeId: 'INTEGER', stream, setId: 'INTEGER', originsId: 'INTEGER', runningKernel, unknown },
  sets: { setId: 'INTEGER', set },
  setBundles: { setId: 'INTEGER', bundleId: 'INTEGER' },
  bundles: { bundleId: 'INTEGER', componentId: 'INTEGER' },
  installed: { componentId: 'INTEGER', ...component },
  originSets: { originsId: 'INTEGER', origins: 'VARCHAR[]' },
  /** Bundles that an asset of the stream with these origins has, if its packages are known. */
  streamBundles: { stream, originsId: 'INTEGER', bundleId: 'INTEGER' },
  ...others,
} as const satisfies Record<string, Columns>;

/** The same without numbers in between; a view does its work only where it is asked. */
export const FLEET_VIEWS = {
  assetFacts: `SELECT asset, a.source, a.observedAt, a.labels, s.stream, s.setId, s.originsId, s.runningKernel, s.unknown
    FROM assets a JOIN shapes s USING (shapeId)`,
  setInstalled: 'SELECT setId, componentId FROM setBundles JOIN bundles USING (bundleId)',
} as const;

export type RowTable = keyof typeof ROW_TABLES;
export type FleetTable = keyof typeof FLEET_TABLES;

/** Text of a statement that makes an empty table; names are quoted because some are words of SQL. */
export const createTableSql = (table: string, columns: Columns): string =>
  `CREATE OR REPLACE TABLE "${table}" (${Object.entries(columns)
    .map(([name, type]) => `"${name}" ${type}`)
    .join(', ')})`;
