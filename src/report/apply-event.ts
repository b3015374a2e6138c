import { printable } from '../util/printable.ts';

/** What happens while a rollout runs. */
export type EventLike =
  | {
      readonly event: 'wave';
      readonly at: string;
      readonly baseline: string;
      readonly ring: string;
      readonly wave: number;
      readonly hosts: number;
      readonly state: string;
      readonly reason: string;
    }
  | {
      readonly event: 'host';
      readonly at: string;
      readonly asset: string;
      readonly run: string | null;
      readonly state: string;
      readonly reason: string;
    }
  | { readonly event: 'halt'; readonly at: string; readonly scope: string; readonly reason: string }
  | {
      readonly event: 'proven';
      readonly at: string;
      readonly baseline: string;
      readonly ring: string;
      readonly generation: number;
    };

/** One line for a person at a terminal. */
export function applyEventText(e: EventLike): string {
  const time = e.at.slice(11, 19);
  switch (e.event) {
    case 'wave':
      return line(`${time} ${e.baseline}/${e.ring} wave ${Math.max(0, e.wave)} ${e.state}: ${e.reason}`);
    case 'host':
      return line(`${time}   ${e.asset} ${e.state}: ${e.reason}`);
    case 'halt':
      return line(`${time} HALT ${e.scope}: ${e.reason}`);
    case 'proven':
      return line(`${time} ${e.baseline}/${e.ring} generation ${e.generation} is proven`);
    default:
      return e satisfies never;
  }
}

const line = (text: string): string => `${printable(text)}\n`;

/** One line of the event stream. */
export const applyEventJson = (event: EventLike): string => `${JSON.stringify(event)}\n`;
