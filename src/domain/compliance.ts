import type { Compliance } from '../contracts/generated/compliance.ts';

/** A control of a standard that a rule serves. */
export interface ServedControl {
  /** Id of the overlay, such as `pci-dss-4.0.1`. */
  readonly framework: string;
  /** The standard and its version, for people. */
  readonly title: string;
  /** As the standard numbers it. */
  readonly control: string;
  /** What it asks for, in our words. */
  readonly asks: string;
}

/** Every control of the overlays with the rules that serve it, in their order. */
export const controlsIn = (
  overlays: readonly Compliance[],
): readonly (ServedControl & { readonly rules: readonly string[] })[] =>
  overlays.flatMap(({ id, title, version, controls }) =>
    controls.map(({ id: control, asks, rules }) => ({
      ...{ framework: id, title: `${title} (${version})`, control, asks, rules },
    })),
  );

/** True when a list of rules has this one, by its id or as `category/*`. The id may go on with `:<id of a deadline>`. */
export function servesRule(rules: readonly string[], rule: string): boolean {
  const [id = ''] = rule.split(':');
  return rules.includes(id) || rules.includes(`${id.split('/')[0] ?? ''}/*`);
}
