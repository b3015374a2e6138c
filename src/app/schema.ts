import { bundledSchema } from '../contracts/bundle.ts';
import { SCHEMA_KINDS } from '../contracts/kinds.ts';
import { kindByName } from '../contracts/schemas.ts';
import { PatchwardenError } from '../domain/errors.ts';
import { nearest } from '../util/edit-distance.ts';
import { quote } from '../util/printable.ts';

/**
 * The JSON Schema of a kind (`patch-lock` or `PatchLock`) as text that stands alone.
 * @throws PatchwardenError `usage`, naming the kinds there are
 */
export function schemaText(name: string): string {
  const kind = kindByName(name);
  if (kind) return `${JSON.stringify(bundledSchema(kind), null, 2)}\n`;
  const meant = nearest(name, SCHEMA_KINDS);
  throw new PatchwardenError(
    'usage',
    `there is no kind ${quote(name)}${meant ? `; did you mean ${meant}?` : ''}; kinds are ${SCHEMA_KINDS.join(', ')}`,
  );
}
