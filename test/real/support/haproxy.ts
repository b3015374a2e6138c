import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, writeFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { join } from 'node:path';
import type { Fleet } from './fleet.ts';
import { background, waitUntil } from './fleet-run.ts';
import { SERVICE_PORT } from './service-package.ts';

/** What asking the service for a while came to. */
export interface LoadResult {
  readonly sent: number;
  readonly failures: readonly { readonly at: string; readonly ms: number; readonly why: string }[];
  /** Answers by the version that gave them. */
  readonly versions: Readonly<Record<string, number>>;
  readonly ms: { readonly p50: number; readonly p99: number; readonly max: number };
}

export interface Proxy {
  readonly url: string;
  /** Servers by HAProxy's word: name → `UP`, `DOWN`, … */
  readonly servers: () => Promise<Readonly<Record<string, string>>>;
  /** Its own counters over all servers. */
  readonly counters: () => Promise<
    Readonly<Record<'requests' | 'retries' | 'redispatches' | 'errors5xx', number>>
  >;
  readonly stop: () => Promise<void>;
}

export interface ProxyOptions {
  /** Try another server when one refuses, or closes without a byte of an answer. Default true; false shows the difference. */
  readonly retry?: boolean;
}

/**
 * Why a restart of the service costs no request: the old process answers what it took before it ends; a refused
 * connection, or one closed before the first byte, is given to another server (GET is safe to repeat); health checks
 * take a host out that stays away.
 */
const configuration = (fleet: Fleet, socket: string, retry: boolean): string =>
  [
    'global',
    '  maxconn 2000',
    `  stats socket ${socket} mode 600 level admin`,
    'defaults',
    '  mode http',
    '  timeout connect 1s',
    '  timeout client 10s',
    '  timeout server 4s',
    // Beyond what a busy machine keeps a good host from answering.
    '  timeout check 2s',
    ...(retry
      ? [
          '  retries 3',
          '  option redispatch 1',
          '  retry-on conn-failure empty-response response-timeout 500 503',
        ]
      : ['  retries 0']),
    'frontend service',
    `  bind ${fleet.gateway}:${SERVICE_PORT}`,
    '  default_backend hosts',
    'backend hosts',
    '  balance roundrobin',
    '  option httpchk GET /healthz',
    '  default-server check inter 500ms fastinter 200ms downinter 300ms fall 2 rise 1',
    ...fleet.hosts.map((h) => `  server ${h.name} ${h.address}:${SERVICE_PORT}`),
    '',
  ].join('\n');

const ask = (socket: string, command: string): Promise<string> =>
  new Promise((resolve, reject) => {
    let text = '';
    const connection = createConnection(socket);
    connection.setEncoding('utf8');
    connection.on('data', (part) => {
      text += String(part);
    });
    connection.once('end', () => resolve(text));
    connection.once('error', reject);
    connection.end(`${command}\n`);
  });

/** Starts HAProxy before the service of all hosts and waits until it sees them up. */
export async function startProxy(fleet: Fleet, options: ProxyOptions = {}): Promise<Proxy> {
  const dir = join(fleet.dir, 'haproxy');
  mkdirSync(dir, { recursive: true });
  const [socket, config] = [join(dir, 'socket'), join(dir, 'haproxy.cfg')];
  writeFileSync(config, configuration(fleet, socket, options.retry ?? true));
  const log = openSync(join(dir, 'log'), 'a');
  const proxy = background(['haproxy', '-db', '-q', '-f', config], log);
  closeSync(log);
  const table = async (): Promise<readonly Readonly<Record<string, string>>[]> => {
    const [head = '', ...lines] = (await ask(socket, 'show stat')).replace(/^# /, '').trim().split('\n');
    const names = head.split(',');
    return lines.map((l) => Object.fromEntries(l.split(',').map((v, i) => [names[i] ?? '', v])));
  };
  const servers = async () =>
    Object.fromEntries(
      (await table())
        .filter((r) => r.pxname === 'hosts' && r.svname !== 'BACKEND')
        .map((r) => [r.svname ?? '', r.status ?? '']),
    );
  try {
    await waitUntil('haproxy sees every host up', 20_000, async () => {
      const states = await servers().catch(() => ({}));
      return Object.values(states).length > 0 && Object.values(states).every((s) => s === 'UP');
    });
  } catch (error) {
    await proxy.stop();
    throw error;
  }
  return {
    url: `http://${fleet.gateway}:${SERVICE_PORT}/`,
    servers,
    counters: async () => {
      const row = (await table()).find((r) => r.svname === 'BACKEND') ?? {};
      const [requests, retries, redispatches, errors5xx] = ['req_tot', 'wretr', 'wredis', 'hrsp_5xx'].map(
        (k) => Number(row[k] ?? 0),
      ) as [number, number, number, number];
      return { requests, retries, redispatches, errors5xx };
    },
    stop: proxy.stop,
  };
}

/** Asks a URL so many times a second until told to stop. */
export async function startLoad(
  url: string,
  perSecond: number,
): Promise<{ readonly stop: () => Promise<LoadResult> }> {
  const script = join(import.meta.dirname, 'haproxy-load.mjs');
  const child = spawn(
    'setpriv',
    ['--pdeathsig', 'KILL', '--', process.execPath, script, url, String(perSecond)],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  let text = '';
  child.stdout.setEncoding('utf8');
  child.stdout.on('data', (part: string) => {
    text += part;
  });
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
  });
  await waitUntil('the load generator runs', 10_000, () => text.startsWith('ready\n'), 10);
  return {
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
      return JSON.parse(text.slice('ready\n'.length)) as LoadResult;
    },
  };
}
