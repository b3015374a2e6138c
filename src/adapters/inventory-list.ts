import { quote } from '../util/printable.ts';
import type { InventoryReader } from './inventory-host.ts';

/** One host a line, `[user@]host[:port]`; `#` begins a comment. The host is the asset. */
export function parseListInventory(text: string, reader: InventoryReader): void {
  text.split('\n').forEach((raw, i) => {
    const line = raw.replace(/#.*$/, '').trim();
    if (line === '') return;
    const [, user, name = '', port] = /^(?:([^\s@]+)@)?([^\s@:]+)(?::(\S+))?$/.exec(line) ?? [];
    if (name === '') reader.fault(i + 1, `${quote(line)} is no host: one a line, written [user@]host[:port]`);
    else
      reader.add({
        name,
        line: i + 1,
        ...(user === undefined ? {} : { user }),
        ...(port === undefined ? {} : { port }),
      });
  });
}
