import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type HttpLimits, httpGet } from '../../src/adapters/http-get.ts';
import { startWebServer, type WebServer } from '../support/web-server.ts';

describe('httpGet', () => {
  let web: WebServer;
  beforeEach(async () => {
    web = await startWebServer();
  });
  afterEach(() => web.close());

  const limits: Partial<HttpLimits> = {
    idleMs: 5000,
    totalMs: 20_000,
    redirects: 2,
    retries: 1,
    retryDelayMs: 5,
  };
  const get = (path: string, maxBytes = 100, over: Partial<HttpLimits> = {}) =>
    httpGet(`${web.url}/${path}`, { maxBytes, limits: { ...limits, ...over } });
  const refused = (path: string, why: RegExp, over: Partial<HttpLimits> = {}) =>
    expect(get(path, 100, over)).rejects.toMatchObject({
      code: 'source-failed',
      message: expect.stringMatching(why),
    });
  const redirect = (path: string, location: string) =>
    web.handlers.set(path, (_, r) => void r.writeHead(302, { location }).end());

  it('gets a file with its validators, and asks with them', async () => {
    web.files.set('a', 'hello');
    const first = await get('a');
    expect(first).toMatchObject({ kind: 'ok', etag: expect.stringMatching(/^"/), lastModified: null });
    const validators = first.kind === 'ok' ? first : { etag: null, lastModified: null };
    const again = await httpGet(`${web.url}/a`, { maxBytes: 9, validators, limits });
    expect(again).toEqual({ kind: 'not-modified' });
    await httpGet(`${web.url}/a`, {
      maxBytes: 9,
      validators: { etag: null, lastModified: 'Monday' },
      limits,
    });
    expect(web.requests.at(-1)).toBe('GET a if Monday');
    expect(await get('none')).toEqual({ kind: 'absent' });
  });

  it('follows redirects within limits and scheme', async () => {
    web.files.set('a', 'hello');
    redirect('b', '/a');
    redirect('loop', '/loop');
    redirect('file', 'file:///etc/passwd');
    redirect('tls', 'https://127.0.0.1/a');
    redirect('user', 'http://u:p@127.0.0.1/a');
    redirect('bad', 'http://[');
    expect(await get('b')).toMatchObject({ kind: 'ok' });
    await refused('loop', /more than 2 times/);
    await refused('file', /another scheme, file:/);
    await refused('tls', /another scheme, https:/);
    await refused('user', /with credentials/);
    await refused('bad', /to nowhere/);
    await expect(httpGet('file:///etc/passwd', { maxBytes: 9 })).rejects.toMatchObject({
      code: 'source-failed',
    });
  });

  it('stops at the size limit, declared or not', async () => {
    web.files.set('declared', 'x'.repeat(101));
    await refused('declared', /larger than the 100 bytes/);
    let sent = 0;
    web.handlers.set('endless', (_, response) => {
      response.writeHead(200);
      const more = () => {
        do sent += 65_536;
        while (!response.destroyed && response.write(Buffer.alloc(65_536)));
      };
      response.on('drain', more);
      more();
    });
    await refused('endless', /larger than the 100 bytes/);
    expect(sent).toBeLessThan(64 << 20);
  });

  it('gives up on silence, and on a body that comes too slowly', async () => {
    web.handlers.set('silent', () => undefined);
    await refused('silent', /nothing came for 0.15 s/, { idleMs: 150 });
    web.handlers.set('slow', (_, response) => {
      response.writeHead(200);
      const timer = setInterval(() => response.write('x'), 50);
      response.on('close', () => clearInterval(timer));
    });
    await refused('slow', /longer than 0.8 s/, { totalMs: 800 });
  });

  it('tries again what may pass, and nothing else', async () => {
    let tries = 0;
    web.handlers.set('flaky', (_, r) => {
      tries += 1;
      if (tries === 1) r.writeHead(503).end();
      else r.writeHead(200).end('ok');
    });
    expect(await get('flaky')).toMatchObject({ kind: 'ok' });
    web.handlers.set('down', (_, r) => void r.writeHead(500).end());
    await refused('down', /answers 500/);
    web.handlers.set('no', (_, r) => void r.writeHead(403).end());
    await refused('no', /answers 403/);
    expect(web.requests.filter((r) => r === 'GET down')).toHaveLength(2);
    expect(web.requests.filter((r) => r === 'GET no')).toHaveLength(1);
  });

  it('refuses a body that is cut off, or coded', async () => {
    web.handlers.set('cut', (_, response) => {
      response.writeHead(200, { 'content-length': 50 });
      response.write('only this');
      setTimeout(() => response.destroy(), 20);
    });
    await refused('cut', /cannot get/);
    web.handlers.set('coded', (_, r) => void r.writeHead(200, { 'content-encoding': 'gzip' }).end('x'));
    await refused('coded', /content coding "gzip"/);
  });

  it('says that nobody answers', async () => {
    const { url } = web;
    await web.close();
    await expect(httpGet(`${url}/a`, { maxBytes: 9, limits })).rejects.toMatchObject({
      code: 'source-failed',
      message: expect.stringMatching(/ECONNREFUSED|refused/),
    });
  });
});
