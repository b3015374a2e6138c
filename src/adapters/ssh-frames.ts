import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import { quote } from '../util/printable.ts';
import { MARKER } from './ssh-collect-script.ts';

/** What a host told, checked; or why it cannot be used. */
export type Frames =
  | {
      readonly kind: 'facts';
      readonly files: ReadonlyMap<string, Uint8Array>;
      /** Names of what was there and could not be read whole → why. */
      readonly unreadable: ReadonlyMap<string, string>;
    }
  | { readonly kind: 'garbage' | 'too-large'; readonly why: string };

/** Start-up files that write more than this before the facts are no start-up files. */
const MAX_NOISE = 256 << 10;
const MAX_FRAMES = 5_000;
/** Magic number, deflate, no flags. @see RFC 1952 */
const GZIP = Buffer.from([0x1f, 0x8b, 8, 0]);
const NAME = /^[A-Za-z0-9._@+%:,~-]+(?:\/[A-Za-z0-9._@+%:,~-]+)*$/;

/**
 * Reads the output of the collecting script, whatever a host made of it.
 * @param maxBytes of the facts after decompression
 */
export async function readFrames(output: Uint8Array, maxBytes: number): Promise<Frames> {
  const bytes = Buffer.from(output.buffer, output.byteOffset, output.byteLength);
  const found = findMarker(bytes);
  if (found === undefined) return garbage(noise(bytes));
  const rest = bytes.subarray(found.end);
  if (found.packing === 'plain')
    return rest.length > maxBytes ? tooLarge(maxBytes) : parse(rest.toString('latin1'));
  // What gzip makes of a pipe begins with ten bytes that tell nothing. Its end is found by inflating: a shell may say
  // more after it, which the checksum's reader would take for damage. Ssh itself lets no damage pass.
  if (!GZIP.equals(rest.subarray(0, GZIP.length))) return garbage('its compressed facts are not gzip');
  try {
    const plain = await promisify(inflateRaw)(rest.subarray(10), { maxOutputLength: maxBytes });
    return parse(plain.toString('latin1'));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') return tooLarge(maxBytes);
    return garbage(`its compressed facts are damaged or cut off (${code ?? String(error)})`);
  }
}

const garbage = (why: string): Frames => ({ kind: 'garbage', why });
const tooLarge = (maxBytes: number): Frames => ({
  kind: 'too-large',
  why: `its facts are larger than ${maxBytes} bytes`,
});

function findMarker(bytes: Buffer): { readonly end: number; readonly packing: 'gzip' | 'plain' } | undefined {
  const head = bytes.subarray(0, MAX_NOISE).toString('latin1');
  for (const packing of ['gzip', 'plain'] as const) {
    const line = `\n${MARKER} ${packing}\n`;
    const at = head.indexOf(line);
    if (at >= 0) return { end: at + line.length, packing };
  }
  return undefined;
}

function noise(bytes: Buffer): string {
  const line = bytes
    .subarray(0, 400)
    .toString('latin1')
    .split(/[\r\n]/)
    .map((l) => l.trim())
    .find((l) => l !== '');
  return line === undefined ? 'it answered nothing' : `it answered ${quote(line)} in place of facts`;
}

/** @param text one character a byte */
function parse(text: string): Frames {
  const files = new Map<string, Uint8Array>();
  const unreadable = new Map<string, string>();
  let at = 0;
  /** A line with its end; the rest of a stream that was cut off is none. */
  const next = (): string | undefined => {
    const end = text.indexOf('\n', at);
    if (end < 0) return undefined;
    const line = text.slice(at, end);
    at = end + 1;
    return line;
  };
  for (let count = 0; ; count += 1) {
    const line = next();
    if (line === undefined) return garbage('its facts are cut off');
    if (line === `Z ${count}`) return { kind: 'facts', files, unreadable };
    const [, most, name = ''] = /^F (\d{1,12}) (.{1,4096})$/.exec(line) ?? [];
    if (!isName(name) || count >= MAX_FRAMES || files.has(name) || unreadable.has(name))
      return garbage(`its facts are not those of the collecting script (at ${quote(line)})`);
    const lines: string[] = [];
    let code: string | undefined;
    while (code === undefined) {
      const body = next();
      if (body === undefined) return garbage('its facts are cut off');
      if (body.startsWith(' ')) lines.push(body.slice(1));
      else if (body === '') {
        // Stands for the line end of the last line; only the end may follow.
        if (lines.length > 0) lines.push('');
        code = /^E (\d{0,3})$/.exec(next() ?? '')?.[1];
        if (code === undefined) return garbage(`its facts are broken within ${name}`);
      } else {
        code = /^E (\d{0,3})$/.exec(body)?.[1];
        if (code === undefined) return garbage(`its facts are broken within ${name}`);
      }
    }
    const content = Buffer.from(lines.join('\n'), 'latin1');
    if (content.length >= Number(most)) unreadable.set(name, `it has ${most} bytes or more`);
    else if (code === '0') files.set(name, content);
    else unreadable.set(name, `the host could not read it whole (exit ${code === '' ? 'unknown' : code})`);
  }
}

const isName = (name: string): boolean =>
  NAME.test(name) && !name.split('/').some((part) => part === '..' || part === '.');
