/** One request as Gitea's access log has it. */
export interface LoggedRequest {
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly status: number;
  /** Account that Gitea took the caller for; null for nobody. */
  readonly user: string | null;
}

/** `host - user [time] "method path protocol" status size "referer" "agent"`, the form Gitea has by default. */
const LINE = /^\S+ - (\S+) \[[^\]]+\] "(\S+) (\S+) \S+" (\d+) /;

/** Reads an access log. A line in another form is an error, for a missed request would pass for none. */
export function readAccessLog(text: string): readonly LoggedRequest[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const found = LINE.exec(line);
      if (!found) throw new Error(`this line of the access log has a form that is not known: ${line}`);
      const [, user = '', method = '', path = '', status = ''] = found;
      return { method, path, status: Number(status), user: user === '-' ? null : user };
    });
}

/** A fetch of git is a POST too, and changes nothing. */
const reads = (r: LoggedRequest): boolean =>
  ['GET', 'HEAD', 'OPTIONS'].includes(r.method) || /\/git-upload-pack$/.test(r.path);

/** Requests that can have changed something, refused ones among them. */
export const writesOf = (log: readonly LoggedRequest[]): readonly LoggedRequest[] =>
  log.filter((r) => !reads(r));
