import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { sha256Hex } from '../../src/util/digest.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;

/** A web server on the loopback interface: files by path, and answers of its own for single paths. */
export interface WebServer {
  readonly url: string;
  readonly files: Map<string, string | Uint8Array>;
  readonly handlers: Map<string, Handler>;
  /** Method, path and conditional header of each request. */
  readonly requests: string[];
  readonly close: () => Promise<void>;
}

/** Files have an ETag of their content, and If-None-Match is honoured. */
export async function startWebServer(): Promise<WebServer> {
  const files = new Map<string, string | Uint8Array>();
  const handlers = new Map<string, Handler>();
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '/').slice(1);
    const condition = request.headers['if-none-match'] ?? request.headers['if-modified-since'];
    requests.push(`${request.method ?? ''} ${path}${condition ? ` if ${condition}` : ''}`);
    const handler = handlers.get(path);
    if (handler) return handler(request, response);
    const found = files.get(path);
    if (found === undefined) return void response.writeHead(404).end('no such file');
    const bytes = Buffer.from(found);
    const etag = `"${sha256Hex(bytes).slice(0, 16)}"`;
    if (request.headers['if-none-match'] === etag) return void response.writeHead(304).end();
    response.writeHead(200, { etag, 'content-length': bytes.length }).end(bytes);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    files,
    handlers,
    requests,
    close: () =>
      new Promise((done) => {
        server.closeAllConnections();
        server.close(() => done());
      }),
  };
}
