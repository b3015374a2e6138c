import { printable } from '../util/printable.ts';

interface StopLike {
  readonly scope: string;
  readonly person: string;
  readonly lift: boolean;
  readonly halts: readonly string[];
  readonly written: boolean;
  readonly recorded: boolean;
}

/** One line that says what is in force now. */
export function stopText({ scope, person, lift, halts, written, recorded }: StopLike): string {
  const what = lift
    ? `lifted: ${scope} (${halts.length} halt(s)) by ${person}; hosts may start again`
    : written
      ? `halted: ${scope} by ${person}; no host starts any more, those under way end by themselves`
      : `halted: ${scope} was halted already`;
  return `${printable(what)}${recorded ? '' : '; the next apply or reconcile enters it into the evidence'}\n`;
}

/** `{scope, person, lift, halts: [id], written, recorded}` */
export const stopJson = (result: StopLike): string => `${JSON.stringify(result, null, 2)}\n`;
