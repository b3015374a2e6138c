import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';

export interface GitRequest {
  /** Of the bare repository. */
  readonly dir: string;
  /** Below the repository, such as `/info/refs`. */
  readonly path: string;
  readonly user: string;
  /** For the repository's hooks. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Git's smart HTTP, done by `git http-backend`. The response is left open, so that what follows a push is done before
 * the client hears of it.
 * @see https://git-scm.com/docs/git-http-backend
 */
export async function serveGit(
  { dir, path, user, env }: GitRequest,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { headers, method = 'GET' } = request;
  const header = (name: string): string => String(headers[name] ?? '');
  const child = spawn('git', ['http-backend'], {
    env: {
      PATH: process.env.PATH,
      HOME: '/nonexistent',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_CONFIG_SYSTEM: '/dev/null',
      GIT_HTTP_EXPORT_ALL: '1',
      GIT_PROJECT_ROOT: dir,
      GIT_PROTOCOL: header('git-protocol'),
      PATH_INFO: path,
      QUERY_STRING: new URL(request.url ?? '/', 'http://stand-in').search.slice(1),
      REMOTE_ADDR: '127.0.0.1',
      REMOTE_USER: user,
      REQUEST_METHOD: method,
      CONTENT_TYPE: header('content-type'),
      HTTP_CONTENT_ENCODING: header('content-encoding'),
      ...(headers['content-length'] === undefined ? {} : { CONTENT_LENGTH: header('content-length') }),
      ...env,
    },
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  // The backend may stop reading before all was sent; what it answers tells why.
  child.stdin.on('error', () => undefined);
  request.pipe(child.stdin);
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  await once(child, 'close');
  write(Buffer.concat(chunks), response);
}

/** The answer of a CGI program: headers, an empty line, the body. */
function write(answer: Buffer, response: ServerResponse): void {
  const end = answer.indexOf('\r\n\r\n');
  const lines = answer.subarray(0, Math.max(0, end)).toString('latin1').split('\r\n').filter(Boolean);
  const fields = lines.map((line) => [
    line.slice(0, line.indexOf(':')),
    line.slice(line.indexOf(':') + 1).trim(),
  ]);
  const status = fields.find(([name]) => name?.toLowerCase() === 'status')?.[1];
  response.statusCode = end < 0 ? 500 : Number.parseInt(status ?? '200', 10);
  for (const [name = '', value = ''] of fields)
    if (name.toLowerCase() !== 'status') response.setHeader(name, value);
  response.write(answer.subarray(end < 0 ? answer.length : end + 4));
}
