import { readFile, stat } from 'node:fs/promises';
import { PatchwardenError } from '../domain/errors.ts';
import { sortedBy } from '../util/sort.ts';
import { parseAnsibleIni } from './inventory-ansible-ini.ts';
import { parseAnsibleYaml } from './inventory-ansible-yaml.ts';
import { parseCsvInventory } from './inventory-csv.ts';
import { type InventoryHost, type InventoryOptions, InventoryReader } from './inventory-host.ts';
import { parseListInventory } from './inventory-list.ts';

export type { InventoryHost, InventoryOptions } from './inventory-host.ts';

const MAX_BYTES = 16 << 20;

/**
 * Hosts of an inventory file, sorted by asset.
 * @throws PatchwardenError `source-failed` when the file cannot be read; `bad-document` with every fault as a sentence
 */
export async function readInventory(
  path: string,
  options: InventoryOptions = {},
): Promise<readonly InventoryHost[]> {
  let text: string;
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) throw new Error(`it is larger than the ${MAX_BYTES} bytes that are read`);
    text = new TextDecoder('utf-8', { fatal: true }).decode(await readFile(path));
  } catch (error) {
    throw new PatchwardenError(
      'source-failed',
      `cannot read the inventory ${path}: ${error instanceof Error ? error.message : String(error)}`,
      { cause: error },
    );
  }
  return parseInventory(text, path, options);
}

/** @throws PatchwardenError `bad-document` with every fault as a sentence with file and line */
export function parseInventory(
  text: string,
  file: string,
  options: InventoryOptions = {},
): readonly InventoryHost[] {
  const reader = new InventoryReader(file, options);
  const format = options.format ?? formatOf(file);
  if (format === 'list') parseListInventory(text, reader);
  else if (format === 'csv') parseCsvInventory(text, reader);
  else if (/\.ya?ml$/i.test(file) || /^(---|all:)/m.test(text)) parseAnsibleYaml(text, reader);
  else parseAnsibleIni(text, reader);
  return sortedBy(reader.finish(), (h) => h.asset);
}

function formatOf(file: string): 'list' | 'csv' | 'ansible' {
  if (/\.csv$/i.test(file)) return 'csv';
  return /\.(ya?ml|ini)$/i.test(file) ? 'ansible' : 'list';
}
