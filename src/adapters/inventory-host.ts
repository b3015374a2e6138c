import { PatchwardenError } from '../domain/errors.ts';
import { printable, quote } from '../util/printable.ts';
import { isSshHost, isSshUser } from './ssh-target.ts';

/** One host of an inventory. */
export interface InventoryHost {
  /** Its name in lower case, by the grammar of ids. */
  readonly asset: string;
  /** As the inventory writes it. */
  readonly name: string;
  readonly host: string;
  readonly port?: number;
  readonly user?: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Why ssh is not the way to it. */
  readonly unsupported?: string;
}

export interface InventoryOptions {
  readonly format?: 'list' | 'csv' | 'ansible';
  /** For every host; what the inventory says of one wins. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Label → variable or column. */
  readonly labelsFrom?: Readonly<Record<string, string>>;
}

/** What a format knows of a host; texts are not checked yet. */
export interface RawHost {
  readonly name: string;
  readonly line: number;
  readonly host?: string;
  readonly port?: string;
  readonly user?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly unsupported?: string;
}

const ID = /^[a-z0-9][a-z0-9._-]{0,62}$/;
const MAX_LABEL = 200;
const MAX_HOSTS = 1_000_000;
const MAX_FAULTS = 20;

/** Gathers the hosts and faults of one file: all of them are told together. */
export class InventoryReader {
  readonly options: InventoryOptions;
  readonly #file: string;
  readonly #hosts = new Map<string, { readonly host: InventoryHost; readonly line: number }>();
  readonly #faults: string[] = [];

  constructor(file: string, options: InventoryOptions) {
    this.#file = file;
    this.options = options;
  }

  fault(line: number, message: string): void {
    this.#faults.push(`${printable(this.#file)}:${line}: ${message}`);
  }

  /** Checks a host and keeps it. */
  add(raw: RawHost): void {
    const asset = raw.name.toLowerCase();
    const host = raw.host ?? raw.name;
    const before = this.#hosts.get(asset);
    const port = raw.port === undefined ? undefined : Number(raw.port);
    const faults = [
      ID.test(asset)
        ? ''
        : `${quote(raw.name)} cannot be the id of an asset: at most 63 letters, digits, ".", "_" or "-", starting with a letter or digit`,
      before === undefined ? '' : `${quote(asset)} is already the name of the host in line ${before.line}`,
      isSshHost(host) ? '' : `${quote(host)} is no host name or address`,
      raw.user === undefined || isSshUser(raw.user) ? '' : `${quote(raw.user)} is no user name for ssh`,
      port === undefined || (/^\d{1,5}$/.test(raw.port ?? '') && port > 0 && port < 65_536)
        ? ''
        : `${quote(raw.port ?? '')} is no port`,
      ...Object.entries(raw.labels ?? {}).map(([label, value]) =>
        value.length <= MAX_LABEL ? '' : `the label ${label} is longer than ${MAX_LABEL} characters`,
      ),
      this.#hosts.size < MAX_HOSTS ? '' : `there are more than ${MAX_HOSTS} hosts`,
    ].filter((f) => f !== '');
    for (const f of faults) this.fault(raw.line, f);
    if (faults.length > 0) return;
    this.#hosts.set(asset, {
      line: raw.line,
      host: {
        asset,
        name: raw.name,
        host,
        ...(port === undefined ? {} : { port }),
        ...(raw.user === undefined ? {} : { user: raw.user }),
        ...(raw.unsupported === undefined ? {} : { unsupported: raw.unsupported }),
        labels: { ...this.options.labels, ...raw.labels },
      },
    });
  }

  /** @throws PatchwardenError `bad-document` when there was any fault */
  finish(): readonly InventoryHost[] {
    if (this.#faults.length > 0) {
      const more = this.#faults.length - MAX_FAULTS;
      throw new PatchwardenError(
        'bad-document',
        [...this.#faults.slice(0, MAX_FAULTS), ...(more > 0 ? [`and ${more} more`] : [])].join('\n'),
      );
    }
    return [...this.#hosts.values()].map((h) => h.host);
  }
}
