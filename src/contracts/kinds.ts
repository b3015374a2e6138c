/** Every schema by the name that `patchwarden schema <kind>` takes. */
export const SCHEMA_KINDS = [
  'config',
  'baseline',
  'exception',
  'calendar',
  'hold',
  'roles',
  'pins',
  'patch-lock',
  'approve-input',
  'approve-output',
  'decide-input',
  'decide-output',
  'change-input',
  'change-output',
  'evidence-entry',
  'host-order',
  'host-receipt',
  'host-status',
  'pull-event',
  'check-report',
  'compliance',
  'status-report',
  'fleet-rows',
] as const;

export type SchemaKind = (typeof SCHEMA_KINDS)[number];

/** Kinds of documents in a policy repository: their `kind` property → schema. */
export const DOCUMENT_KINDS = {
  Config: 'config',
  Baseline: 'baseline',
  Exception: 'exception',
  Calendar: 'calendar',
  Hold: 'hold',
  Roles: 'roles',
  Pins: 'pins',
  PatchLock: 'patch-lock',
} as const satisfies Record<string, SchemaKind>;

export type DocumentKind = keyof typeof DOCUMENT_KINDS;
