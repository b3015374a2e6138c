import { isAbsolute } from 'node:path';
import { PatchwardenError } from '../domain/errors.ts';
import { printable } from '../util/printable.ts';

/** Where a host is reached, checked: every word is safe in an argument vector and in a `%h` or `%r` of somebody's own ssh config. */
export interface SshTarget {
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
  /** Used instead of the user's and the system's own configuration. */
  readonly configFile?: string;
  /** A private directory for the sockets of shared connections and the words of ssh itself. */
  readonly controlDir: string;
  /** False: each call makes a connection of its own, which is cheaper where there is one call. Default true. */
  readonly shared: boolean;
  /** Seconds for the TCP connection and the first words of the protocol. */
  readonly connectTimeoutS: number;
  /** The ssh program; found on PATH unless it is a path. */
  readonly program: string;
}

const NAME = /^[A-Za-z0-9](?:[A-Za-z0-9._-]{0,251}[A-Za-z0-9])?$/;
const IPV6 = /^[0-9A-Fa-f:]{2,39}$/;
const USER = /^[A-Za-z0-9_][A-Za-z0-9._@-]{0,63}$/;
/** `%C` is 40 characters, and ssh adds 17 for a moment; the address of a socket holds 107. @see unix(7) */
const MAX_CONTROL_DIR = 48;

/** A host name, an address or an alias of the ssh config; no `%`, no leading dash, no blank. */
export const isSshHost = (host: string): boolean =>
  NAME.test(host) || (host.includes(':') && IPV6.test(host));
export const isSshUser = (user: string): boolean => USER.test(user);

/** @throws PatchwardenError `bad-document` for words that are no host, user or port */
export function sshTarget(
  options: Omit<SshTarget, 'connectTimeoutS' | 'program' | 'shared'> & {
    readonly shared?: boolean;
    readonly connectTimeoutS?: number;
    readonly program?: string;
  },
): SshTarget {
  const { host, user, port, configFile, controlDir } = options;
  if (!isSshHost(host))
    throw bad(`"${printable(host)}" is no host name: letters, digits, ".", "_" and "-", or an IPv6 address`);
  if (user !== undefined && !isSshUser(user))
    throw bad(
      `"${printable(user)}" is no user name for ssh: letters, digits, ".", "_", "@" and "-", no leading dash`,
    );
  if (port !== undefined && !(Number.isInteger(port) && port > 0 && port < 65_536))
    throw bad(`${port} is no port for ${host}: 1 to 65535`);
  if (configFile !== undefined && !isAbsolute(configFile))
    throw new PatchwardenError('bug', `the ssh config ${printable(configFile)} is no absolute path`);
  if (!isAbsolute(controlDir) || controlDir.length > MAX_CONTROL_DIR || /[%\s"'\\]/.test(controlDir))
    throw new PatchwardenError(
      'bug',
      `${printable(controlDir)} cannot hold the sockets of ssh: a plain absolute path of at most ${MAX_CONTROL_DIR} characters`,
    );
  return {
    host,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
    ...(configFile === undefined ? {} : { configFile }),
    controlDir,
    shared: options.shared ?? true,
    connectTimeoutS: Math.max(1, Math.ceil(options.connectTimeoutS ?? 10)),
    program: options.program ?? 'ssh',
  };
}

const WORD = /^[A-Za-z0-9_./:=@%+,-]+$/;

/**
 * The argument vector of one call. The user's own config still decides about identities, jump hosts and known hosts;
 * it cannot switch off host keys, ask questions, forward anything or run a local command.
 * @param logFile receives what ssh itself says, apart from the words of the host
 * @throws PatchwardenError `bug` for a remote word that a shell on the host could read as more than a word
 */
export function sshArgv(
  target: SshTarget,
  remoteArgv: readonly string[],
  logFile: string,
): readonly string[] {
  for (const word of remoteArgv)
    if (!WORD.test(word))
      throw new PatchwardenError(
        'bug',
        `"${printable(word)}" cannot be a word of a remote command: data travels on stdin only`,
      );
  if (remoteArgv.length === 0 || remoteArgv[0]?.startsWith('-'))
    throw new PatchwardenError('bug', 'a remote command needs the name of a program');
  const options = [
    'BatchMode=yes',
    'StrictHostKeyChecking=yes',
    'UpdateHostKeys=no',
    'ForwardAgent=no',
    'ForwardX11=no',
    'ClearAllForwardings=yes',
    'PermitLocalCommand=no',
    'EscapeChar=none',
    'RequestTTY=no',
    'LogLevel=INFO',
    'ConnectionAttempts=1',
    `ConnectTimeout=${target.connectTimeoutS}`,
    'ServerAliveInterval=5',
    'ServerAliveCountMax=3',
    ...(target.shared
      ? ['ControlMaster=auto', `ControlPath=${target.controlDir}/%C`, 'ControlPersist=60']
      : ['ControlMaster=no', 'ControlPath=none']),
  ];
  return [
    target.program,
    ...(target.configFile === undefined ? [] : ['-F', target.configFile]),
    '-E',
    logFile,
    ...options.flatMap((o) => ['-o', o]),
    ...(target.port === undefined ? [] : ['-p', String(target.port)]),
    ...(target.user === undefined ? [] : ['-l', target.user]),
    '--',
    target.host,
    ...remoteArgv,
  ];
}

const bad = (message: string) => new PatchwardenError('bad-document', message);
