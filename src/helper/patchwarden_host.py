#!/usr/bin/env python3
"""Patchwarden on a host: carries out one order by itself, watches, and takes it back when the host gets worse.

    python3 -I patchwarden_host.py [--root DIR] VERB      JSON on stdin, one line of JSON on stdout

Python 3.6 and its standard library only. Nothing is ever passed to a shell. All state is below /var/lib/patchwarden:
  fence         the highest epoch seen: lower ones change nothing here (lease-lost)
  executed      every run begun on this host, for ever: none is begun twice
  quarantine    sets of package bytes that went bad here: an order that holds a whole set is refused
  orders/       orders as they came; RUN.stop and RUN.restore are requests to a working worker
  receipts/     RUN.json is what a run did and all that its worker needs to go on; RUN.log what the package manager said
  stage/        package files by SHA-256          restore/RUN/  the way back
  samples/      CPU before                        helper/       this file, by digest, as runs use it
  own-cpu       seconds that calls of this helper have used
A run is a worker process in a session of its own (a systemd unit where there is systemd, which also wakes it after a
kill and after a boot). It writes what it will do before it does it; whoever continues looks what happened first.
"""
import errno, fcntl, hashlib, http.client, json, os, re, shutil, signal, socket, ssl, stat, struct, subprocess, sys
import tarfile, tempfile, threading, time, urllib.parse, urllib.request
from calendar import timegm

API = 'patchwarden/v1'
ENV = {'PATH': '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'LC_ALL': 'C', 'HOME': '/root',
       'DEBIAN_FRONTEND': 'noninteractive', 'DEBIAN_PRIORITY': 'critical', 'NEEDRESTART_SUSPEND': '1',
       'APT_LISTCHANGES_FRONTEND': 'none', 'UCF_FORCE_CONFFOLD': '1'}
SHA, RUN = re.compile(r'[0-9a-f]{64}\Z'), re.compile(r'sha256:([0-9a-f]{64})\Z')
# Words of an order become file names and arguments, so they must look like what they claim to be.
WORDS = {'deb': (re.compile(r'[a-z0-9][a-z0-9+.-]{0,127}\Z'), re.compile(r'[A-Za-z0-9][A-Za-z0-9.+:~-]{0,127}\Z')),
         'rpm': (re.compile(r'[A-Za-z0-9_][A-Za-z0-9_+.-]{0,127}\Z'), re.compile(r'[A-Za-z0-9][A-Za-z0-9_.+:~^-]{0,127}\Z'))}
ARCH = re.compile(r'[a-z0-9][a-z0-9_-]{0,31}\Z')
STEPS = ['sample', 'precheck', 'mend', 'restore-point', 'install', 'restart', 'reboot', 'verify', 'soak', 'watch']
OPEN = ('accepted', 'sampling', 'prepared', 'installing', 'rebooting', 'verifying', 'soaking', 'restoring')
# Restarting these under a running system does more harm than an old library in memory; they need a reboot.
UNSAFE = re.compile(r'(dbus(-broker)?|systemd-logind|user@.*|getty@.*|serial-getty@.*|NetworkManager|gdm3?|sddm|lightdm'
                    r'|display-manager|patchwarden-.*|polkit)\.service\Z')
LOCK_SECONDS = 600      # for another package manager to end; its locks are never removed
INSTALL_SECONDS = 1800  # for a transaction, unless the order says otherwise; then it is ended and taken back
RESTORE_SECONDS = 120   # for each command of the way back (the whole way is measured against 90 s)
SETTLE_SECONDS = 10     # for probes to turn good after services were restarted; counted as bad from the first sample
BOOT_SECONDS = 120      # for probes after a boot; not counted
MAX_STARTS, MAX_BOOTS, KEEP_RUNS = 25, 3, 50
CPU_BAD, CPU_EVERY, FILES_EVERY = 3, 5, 5  # so many bad intervals in a row; at most so many seconds each


class Refused(Exception):
    """An answer to the caller: nothing was done."""
    def __init__(self, code, message):
        Exception.__init__(self, message)
        self.code = code


class Hold(Exception):
    """The run ends before its first change."""
    def __init__(self, reason, check='precheck', phase='refused'):
        Exception.__init__(self, reason)
        self.check, self.phase = check, phase


class Bad(Exception):
    """The change is bad and is taken back. `first`: monotonic seconds of the first bad sample."""
    def __init__(self, check, reason, first=None, culprit=None):
        Exception.__init__(self, reason)
        self.check, self.first, self.culprit = check, time.monotonic() if first is None else first, culprit


class Skip(Exception):
    """A step that is not needed here."""


# ---------------------------------------------------------------------------------------------- files and processes

def instant(seconds=None):
    return time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime(seconds))


def seconds_of(text):
    found = re.match(r'(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d+)?(Z|[+-]\d\d:\d\d)\Z', text or '', re.I)
    if not found:
        raise Refused('bad-document', 'the order has no readable time: %r' % text)
    base, zone = timegm(time.strptime(found.group(1).upper(), '%Y-%m-%dT%H:%M:%S')), found.group(2)
    if zone in 'Zz':
        return base
    return base - int(zone[0] + '1') * (int(zone[1:3]) * 3600 + int(zone[4:]) * 60)


def durable(path, data):
    """Whole or not at all, and on disk when it returns."""
    data = data if isinstance(data, bytes) else json.dumps(data, sort_keys=True, allow_nan=False).encode()
    part = '%s.%d.part' % (path, os.getpid())
    try:
        fd = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with os.fdopen(fd, 'wb') as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.rename(part, path)
    except OSError as error:
        if os.path.lexists(part):
            os.unlink(part)
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        raise OSError(error.errno, 'the disk is full; free some space' if full else error.strerror, path)
    sync_folder(os.path.dirname(path))


def sync_folder(path):
    fd = os.open(path, os.O_RDONLY)
    os.fsync(fd)
    os.close(fd)


def load(path, default=None):
    try:
        with open(path, 'rb') as file:
            return json.loads(file.read().decode())
    except FileNotFoundError:
        return default


def text_of(path, cap=1 << 20):
    try:
        with open(path, 'rb') as file:
            return file.read(cap).decode('utf-8', 'replace')
    except OSError:
        return ''


def digest(path, algorithm='sha256'):
    """Of a regular file that is no link; None when there is none."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ELOOP, errno.ENOTDIR):
            return None
        raise
    if not stat.S_ISREG(os.fstat(fd).st_mode):
        os.close(fd)
        return None
    with os.fdopen(fd, 'rb') as file:
        return hash_stream(file, algorithm)


def hash_stream(file, algorithm='sha256'):
    total = hashlib.new(algorithm)
    for chunk in iter(lambda: file.read(1 << 20), b''):
        total.update(chunk)
    return total.hexdigest()


class Ended(object):
    def __init__(self, code, out, pid):
        self.code, self.out, self.pid = code, out, pid  # code None: it could not be started; -9: its time was over


def run(argv, seconds, log=None, started=None, cap=16 << 20):
    """Runs a program in a session of its own, with an end. Output goes to a file: a daemon that a maintainer script leaves
    behind would keep a pipe open for ever."""
    with (open(log, 'ab') if log else tempfile.TemporaryFile()) as out:
        begin = out.seek(0, os.SEEK_END)
        if log:
            out.write(('\n+ %s\n' % ' '.join(argv)[:4000]).encode())
            out.flush()
        try:
            child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, env=ENV, cwd='/',
                                     start_new_session=True)
        except OSError as error:
            return Ended(None, '%s: %s' % (argv[0], error.strerror), 0)
        if started:
            started(child.pid)
        end, pause = time.monotonic() + seconds, 0.005
        while child.poll() is None:
            if time.monotonic() > end or os.fstat(out.fileno()).st_size > begin + cap:
                kill_session(child.pid)
                child.wait()
                return Ended(-9, 'no end within %d s, or more than %d bytes of output' % (seconds, cap), child.pid)
            time.sleep(pause)
            pause = min(pause * 1.5, 0.1)
        with open('/proc/self/fd/%d' % out.fileno(), 'rb') as back:
            back.seek(begin)
            return Ended(child.returncode, back.read(cap).decode('utf-8', 'replace'), child.pid)


def kill_session(session, since=None):
    """Ends all processes of a session that we started, by the session and not by name. After some time its number may be
    somebody else's: then one of them must be older than `since` (monotonic seconds), for a number in use is not given away."""
    members = [(pid, proc_stat(pid)) for pid in all_pids()]
    members = [(pid, int(words[19]) / os.sysconf('SC_CLK_TCK')) for pid, words in members if words and words[3] == str(session)]
    if since is None or any(started <= since for _, started in members):
        for pid, _ in members:
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass


def all_pids():
    return [int(name) for name in os.listdir('/proc') if name.isdigit() and int(name) != os.getpid()]


def proc_stat(pid):
    """Fields of /proc/PID/stat from the third on; None when it is gone. @see proc(5)"""
    text = text_of('/proc/%s/stat' % pid)
    return text.rsplit(')', 1)[1].split() if ')' in text else None


def link_of(path):
    try:
        return os.readlink(path)
    except OSError:
        return None


def locked_by_other(path):
    """True when somebody else holds a write lock (dpkg, rpm); nothing is taken. @see fcntl(2)"""
    try:
        with open(path, 'rb') as file:
            ask = struct.pack('hhqqi4x', fcntl.F_WRLCK, os.SEEK_SET, 0, 0, 0)
            return struct.unpack('hhqqi4x', fcntl.fcntl(file, fcntl.F_GETLK, ask))[0] != fcntl.F_UNLCK
    except OSError:
        return False


def flock(path, wait=0.0):
    """An open file that holds the lock until it is closed or this process dies; None when somebody has it."""
    file = open(path, 'ab')
    end = time.monotonic() + wait
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return file
        except OSError:
            if time.monotonic() >= end:
                file.close()
                return None
            time.sleep(0.05)


# ---------------------------------------------------------------------------------------------------------- the host

class Host(object):
    """The running system, or a root directory that is not (no services, no reboot, commands through chroot)."""

    def __init__(self, root):
        self.root = os.path.realpath(root)
        self.live = self.root == '/'
        self.area = os.path.join(self.root, 'var/lib/patchwarden')
        self.systemd = self.live and os.path.isdir('/run/systemd/system')
        if not os.path.isdir(os.path.join(self.root, 'var/lib')):
            raise Refused('host-failed', '%s is no root directory of a host: it has no /var/lib' % self.root)

    def folder(self, *names):
        """A directory of ours, made where it is missing. A link in its place is refused: it could point anywhere."""
        path = self.area
        for name in (None,) + names:
            path = path if name is None else os.path.join(path, name)
            try:
                os.mkdir(path, 0o700)
            except FileExistsError:
                if not stat.S_ISDIR(os.lstat(path).st_mode):
                    raise Refused('host-failed', '%s is not a directory, so nothing is written there' % path)
        return path

    def path(self, *names):
        return os.path.join(self.folder(*names[:-1]), names[-1])

    def command(self, argv):
        return argv if self.live else ['chroot', self.root] + argv

    def run(self, argv, seconds=60, **more):
        return run(self.command(argv), seconds, **more)

    def has(self, program):
        return any(os.access(self.root + '/' + d + '/' + program, os.X_OK) for d in ('usr/bin', 'usr/sbin', 'bin', 'sbin'))

    def inner(self, path):
        """A path as the packages name it, without links on the way, and never outside the root."""
        done, todo, links = '', [p for p in path.split('/') if p], 0
        while todo:
            part = todo.pop(0)
            if part == '..':
                done = done.rpartition('/')[0]
                continue
            link = link_of(self.root.rstrip('/') + done + '/' + part) if todo else None
            if link is None or links > 40:
                done += '' if part == '.' else '/' + part
                continue
            links += 1
            todo = [p for p in link.split('/') if p] + todo
            done = '' if link.startswith('/') else done
        return done

    def real(self, path):
        return self.root.rstrip('/') + self.inner(path)

    def mine(self, pid):
        """A process of this host: in our PID namespace (containers are hosts of their own) and on this root."""
        return (link_of('/proc/%d/root' % pid) == self.root
                and link_of('/proc/%d/ns/pid' % pid) == link_of('/proc/self/ns/pid'))

    def boot(self):
        boot = text_of('/proc/sys/kernel/random/boot_id').strip() or 'unknown'
        return boot, boot + ':' + (proc_stat(1) or ['?'] * 20)[19]

    def free(self):
        """Each place may be a file system of its own; the fullest one counts."""
        sizes = []
        for place in ('', 'usr', 'var', 'var/lib', 'var/lib/patchwarden'):
            try:
                there = os.statvfs(os.path.join(self.root, place))
                sizes.append(there.f_bavail * there.f_frsize)
            except OSError:
                pass
        return min(sizes)

    def reboot_wanted(self):
        return self.live and (os.path.exists('/run/reboot-required') or os.path.exists('/var/run/reboot-required'))

    def family(self):
        debian = os.path.isfile(os.path.join(self.root, 'var/lib/dpkg/status'))
        rpm = any(os.path.isdir(os.path.join(self.root, p)) for p in Rpm.DATABASES) and self.has('rpm')
        # A host with rpm's database that also knows dpkg is what its os-release says it is.
        if rpm and (not debian or re.search(r'^ID(_LIKE)?=.*\b(rhel|fedora|almalinux|rocky|suse)',
                                            text_of(self.real('/etc/os-release')), re.M)):
            return Rpm(self)
        return Deb(self)

    def forbid_services(self, on):
        """Packages of a directory that is not the running system must start nothing on this machine.
        @see /usr/share/doc/init-system-helpers/README.policy-rc.d.gz"""
        path, text = self.real('/usr/sbin/policy-rc.d'), b'#!/bin/sh\n# patchwarden: no services here\nexit 101\n'
        if self.live:
            return
        if on and not os.path.lexists(path):
            fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o755)
            os.write(fd, text)
            os.close(fd)
        elif not on and text_of(path) == text.decode():
            os.unlink(path)

    def units(self, *states):
        if not self.systemd:
            return set()
        out = self.run(['systemctl', 'list-units', '--type=service', '--plain', '--no-legend', '--no-pager',
                        '--state=' + ','.join(states)], 15).out
        return {line.split()[0] for line in out.splitlines() if '.service' in line}

    def stale(self, paths):
        """Who still runs deleted files out of `paths`: units, and whether there is anything that only a boot ends."""
        units, stuck = set(), set()
        if not self.live:
            return units, stuck
        for pid in all_pids():
            maps = text_of('/proc/%d/maps' % pid, 4 << 20)
            used = {line.split(None, 5)[-1][:-10] for line in maps.splitlines() if line.endswith(' (deleted)')}
            if not used & paths or not self.mine(pid):
                continue
            unit = re.search(r'([^/\n]+\.service)(?:/|$)', text_of('/proc/%d/cgroup' % pid), re.M)
            scope = re.search(r'/(session-[^/]*\.scope|user@)', text_of('/proc/%d/cgroup' % pid))
            if pid == 1 and self.systemd:
                units.add('')  # the service manager itself can be re-executed
            elif unit and not scope and not UNSAFE.match(unit.group(1)):
                units.add(unit.group(1))
            elif not scope and not (unit and unit.group(1).startswith('patchwarden-')):
                stuck.add(unit.group(1) if unit else text_of('/proc/%d/comm' % pid).strip())
        return units, stuck


# -------------------------------------------------------------------------------------------- package managers: dpkg

class Deb(object):
    name, MANAGERS = 'deb', {'apt-get', 'apt', 'dpkg', 'aptitude', 'unattended-upgrade', 'unattended-upgrades'}
    FORCE = ['--force-confdef', '--force-confold']

    def __init__(self, host):
        self.host = host
        area = '/var/lib/patchwarden'
        # Nothing to fetch from, caches in memory, and a private list of automatic marks: upgrading from a file must not
        # turn the host's automatic packages into manual ones.
        self.apt = ['apt-get', '-q'] + [w for option in (
            'Dir::State::lists=%s/apt/lists' % area, 'Dir::State::extended_states=%s/apt/extended_states' % area,
            'Dir::Etc::sourcelist=/dev/null', 'Dir::Etc::sourceparts=/dev/null', 'Dir::Cache::pkgcache=',
            'Dir::Cache::srcpkgcache=', 'APT::Sandbox::User=root', 'APT::Get::AllowUnauthenticated=true',
            'Dpkg::Use-Pty=0', 'Dpkg::Options::=--force-confdef', 'Dpkg::Options::=--force-confold',
            'DPkg::Lock::Timeout=60') for w in ('-o', option)]

    def file_name(self, p):
        return '%s_%s_%s.deb' % (p['name'], p['version'].replace(':', '%3a'), p['arch'])

    def installed(self):
        """(name, arch) → [version, want, state] by dpkg's own word."""
        ended = self.host.run(['dpkg-query', '-W', '-f', '${Package}\\t${Architecture}\\t${Version}\\t'
                               '${db:Status-Want}\\t${db:Status-Status}\\t${db:Status-Eflag}\\n'], 60)
        if ended.code != 0:
            raise Refused('host-failed', 'dpkg-query does not answer: %s' % ended.out[:300])
        rows = (line.split('\t') for line in ended.out.splitlines())
        return {(r[0], r[1]): [[r[2], r[3], r[4] if r[5] == 'ok' else 'reinst-required']]
                for r in rows if len(r) == 6 and r[4] not in ('not-installed', 'config-files')}

    def key(self, installed, p):
        """Where a package stands; its architecture may change between versions (all, amd64)."""
        exact, others = (p['name'], p['arch']), [k for k in installed if k[0] == p['name']]
        return exact if exact in installed else others[0] if len(others) == 1 and 'all' in (p['arch'], others[0][1]) else exact

    def has(self, installed, p, version):
        return any(v[0] == version for v in installed.get(self.key(installed, p), []))

    def settled(self, installed, p):
        return all(v[2] == 'installed' for v in installed.get(self.key(installed, p), []))

    def cut_off(self, installed, p):
        return any(v[2] in ('reinst-required', 'half-installed') for v in installed.get(self.key(installed, p), []))

    def held(self, installed, p):
        return any(v[1] == 'hold' for v in installed.get(self.key(installed, p), []))

    def interrupted(self):
        return self.torn() or bool(self.unfinished())

    def torn(self):
        updates = os.path.join(self.host.root, 'var/lib/dpkg/updates')
        return os.path.isdir(updates) and any(n.isdigit() for n in os.listdir(updates))

    def unfinished(self):
        return {key for key, vs in self.installed().items() if any(v[2] != 'installed' for v in vs)}

    def locks(self):
        return [os.path.join(self.host.root, 'var/lib/dpkg', n) for n in ('lock-frontend', 'lock')]

    def mend(self, log, files=()):
        ended = self.host.run(['dpkg'] + self.FORCE + ['--configure', '-a'], INSTALL_SECONDS, log=log)
        if files or ended.code == 0 and self.interrupted():  # half-installed, or its dependencies are missing
            ended = self.host.run(self.apt + ['-y', '--no-remove', '--allow-downgrades', '--no-install-recommends',
                                              '--fix-broken', 'install'] + list(files), INSTALL_SECONDS, log=log)
        return ended

    def simulate(self, files):
        self.host.folder('apt', 'lists', 'partial')
        ended = self.host.run(self.apt + ['-s', '--no-install-recommends', '--allow-downgrades', 'install'] + files, 300)
        found = [re.findall(pattern, ended.out, re.M) for pattern in (
            r'^Inst (\S+?)(?::[a-z0-9-]+)?(?: \[[^\]]*\])? \((\S+)(?: [^[\n]*)?\[[^\]]+\]\)', r'^(?:Remv|Purg) ([^\s:]+)',
            r'(?:Depends: )([a-z0-9][a-z0-9+.-]*)(?::[a-z0-9-]+)?(?: \([^)\n]*\))? but ', r'^E: Unable to locate package (\S+)')]
        return {'installs': sorted('%s=%s' % f for f in found[0]), 'removes': sorted(set(found[1])),
                'needs': sorted(set(found[2] + found[3])), 'problem': None if ended.code == 0 else last_words(ended)}

    def install(self, packages, files, seconds, log, started):
        ended = self.host.run(self.apt + ['-y', '--no-remove', '--no-install-recommends'] +
                              (['--allow-downgrades'] if any(p['downgrade'] for p in packages) else []) +
                              ['install'] + files, seconds, log=log, started=started)
        culprit = re.findall(r'^dpkg: error processing (?:package ([^\s:]+)|archive \S*/([^/\s_]+)_)[^\n]*\n'
                             r'(?! dependency problems)', ended.out, re.M)  # who only waits for it is not to blame
        return ended, [a or b for a, b in culprit]

    def mark(self, packages):
        """There for others only. @see apt-mark(8)"""
        names = [self.word(p) for p in packages if p['fresh']]
        return self.host.run(['apt-mark', 'auto'] + names, 60) if names else None

    def word(self, p):
        return p['name'] if p['arch'] == 'all' else '%s:%s' % (p['name'], p['arch'])

    def take_back(self, files, gone, purge, gentle, log):
        if gentle:
            ended = self.host.run(self.apt + ['-y', '--allow-downgrades', '--no-install-recommends', '--purge', 'install'] +
                                  files + [self.word(p) + '-' for p in gone], RESTORE_SECONDS, log=log)
            return ended
        force = ['--force-' + f for f in ('downgrade', 'depends', 'breaks', 'conflicts', 'remove-reinstreq', 'overwrite')]
        endeds = [self.host.run(['dpkg'] + force + self.FORCE + ['--auto-deconfigure', '-i'] + files, RESTORE_SECONDS, log=log)
                  ] if files else []
        if gone:
            endeds.append(self.host.run(['dpkg'] + force + ['--purge'] + [self.word(p) for p in gone], RESTORE_SECONDS, log=log))
        endeds.append(self.host.run(['dpkg'] + self.FORCE + ['--configure', '-a'], RESTORE_SECONDS, log=log))
        return next((e for e in endeds if e.code != 0), endeds[-1])

    def forget_marks(self, gone):
        path, names = self.host.real('/var/lib/apt/extended_states'), {p['name'] for p in gone}
        stanzas = [s for s in text_of(path, 16 << 20).split('\n\n') if s.strip()]
        kept = [s for s in stanzas if (re.search(r'^Package: (\S+)', s, re.M) or [0, ''])[1] not in names]
        if len(kept) < len(stanzas):
            durable(path, ('\n\n'.join(kept) + '\n\n').encode())
            os.chmod(path, 0o644)

    def owned(self, p, key):
        """Paths of an installed package → MD5 that the package itself states, where it does."""
        word = self.word({'name': key[0], 'arch': key[1]})
        listed = self.host.run(['dpkg-query', '-L', word], 60).out.splitlines()
        sums = ''.join(text_of(self.host.real('/var/lib/dpkg/info/%s.md5sums' % w), 64 << 20) for w in (key[0], word))
        stated = {'/' + path: md5 for md5, path in re.findall(r'^([0-9a-f]{32})  (.+)$', sums, re.M)}
        return {path: ('md5', stated.get(path)) for path in listed if path.startswith('/')}

    def contents(self, file):
        """Paths in a package file → SHA-256, out of its bytes."""
        child = subprocess.Popen(self.host.command(['dpkg-deb', '--fsys-tarfile', file]), stdin=subprocess.DEVNULL,
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=ENV, start_new_session=True)
        timer = threading.Timer(300, child.kill)
        timer.start()
        try:
            with tarfile.open(fileobj=child.stdout, mode='r|') as tar:
                return {'/' + m.name.lstrip('./'): hash_stream(tar.extractfile(m)) for m in tar if m.isreg()}
        finally:
            timer.cancel()
            child.kill()
            child.wait()

    def need(self, files):
        sizes = [self.host.run(['dpkg-deb', '-f', f, 'Installed-Size'], 60).out.strip() for f in files]
        return sum(int(s) * 1024 for s in sizes if s.isdigit())

    def checked(self, files):
        return None

    def diverted(self):
        out = self.host.run(['dpkg-divert', '--list'], 30).out
        return set(re.findall(r'^(?:local )?diversion of (\S+) to', out, re.M))

    def may_miss(self):
        folder = os.path.join(self.host.root, 'etc/dpkg/dpkg.cfg.d')
        texts = [text_of(os.path.join(folder, n)) for n in (os.listdir(folder) if os.path.isdir(folder) else [])]
        return any(re.search(r'^\s*path-exclude', t, re.M) for t in texts + [text_of(self.host.real('/etc/dpkg/dpkg.cfg'))])

    def kernels(self, packages):
        names = [re.match(r'linux-image-(?:unsigned-)?(\d.*)\Z', p['name']) for p in packages]
        return {n.group(1) for n in names if n}

    def reboot_hint(self):
        return False


# --------------------------------------------------------------------------------------------- package managers: rpm

def bare(version):
    return version[2:] if version.startswith('0:') else version


class Rpm(object):
    """rpm itself and not dnf: the set is exactly the files given, nothing is solved and no repository is looked at."""
    name, MANAGERS = 'rpm', {'dnf', 'dnf-3', 'dnf5', 'yum', 'rpm', 'microdnf', 'dnf-automatic'}
    DATABASES = ('var/lib/rpm', 'usr/lib/sysimage/rpm')
    # Several versions of these stand side by side, the running kernel among them: they are added, never replaced.
    SIDE_BY_SIDE = re.compile(r'kernel(-(core|modules|modules-core|modules-extra|devel|rt|rt-core|uek|uek-core))?\Z')

    def __init__(self, host):
        self.host = host
        # Debian's rpm installs nothing unless it is told that this is meant; others do not know the option.
        self.rpm = ['rpm', '--nosignature'] + (['--force-debian'] if os.path.isfile(host.root + '/etc/debian_version') else [])

    def file_name(self, p):
        return '%s-%s.%s.rpm' % (p['name'], p['version'].replace(':', '%3a'), p['arch'])

    def query(self, *argv):
        ended = self.host.run(['rpm'] + list(argv), 120)
        if ended.code != 0:
            raise Refused('host-failed', 'rpm does not answer: %s' % ended.out[:300])
        return [line.split('\t') for line in ended.out.splitlines() if '\t' in line]

    FORMAT = '%{NAME}\\t%{ARCH}\\t%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\\n'

    def installed(self):
        found = {}
        for name, arch, version in self.query('-qa', '--qf', self.FORMAT):
            found.setdefault((name, arch), []).append([bare(version), 'install', 'installed'])
        return found

    def key(self, installed, p):
        exact, others = (p['name'], p['arch']), [k for k in installed if k[0] == p['name']]
        return exact if exact in installed else others[0] if len(others) == 1 and 'noarch' in (p['arch'], others[0][1]) else exact

    def has(self, installed, p, version):
        return any(v[0] == bare(version) for v in installed.get(self.key(installed, p), []))

    def settled(self, installed, p):
        return True

    def held(self, installed, p):
        lines = text_of(self.host.real('/etc/dnf/plugins/versionlock.list')).splitlines()
        names = [re.match(r'\s*(?:\d+:)?([^!#\s]+?)-(?:\d+:)?([^-\s]+)-([^-\s]+?)(?:\.\*)?\s*\Z', line) for line in lines]
        return any(n.group(1) == p['name'] and not bare(p['version']).endswith('%s-%s' % n.group(2, 3)) for n in names if n)

    def interrupted(self):
        return False

    def locks(self):
        return [os.path.join(self.host.root, d, '.rpm.lock') for d in self.DATABASES]

    def mend(self, log):
        raise Skip('rpm has no half-configured state')

    def simulate(self, files):
        rows = self.query('-qp', '--nosignature', '--qf', self.FORMAT, *files)
        names, installed = {r[0] for r in rows}, {k[0] for k in self.installed()}
        obsoletes = self.host.run(['rpm', '-qp', '--nosignature', '--qf', '[%{OBSOLETENAMES}\\n]'] + files, 120).out.split()
        ended = self.host.run(self.rpm + ['-U', '--test', '--oldpackage'] + files, 300)
        needs = re.findall(r'^\s+(\S+)(?: [<>=]+ \S+)? is needed by ', ended.out, re.M)
        return {'installs': sorted('%s=%s' % (r[0], bare(r[2])) for r in rows), 'needs': sorted(set(needs)),
                'removes': sorted((set(obsoletes) & installed) - names), 'problem': None if ended.code == 0 else last_words(ended)}

    def install(self, packages, files, seconds, log, started):
        beside = [f for p, f in zip(packages, files) if self.SIDE_BY_SIDE.match(p['name'])]
        others = [f for f in files if f not in beside]
        old = ['--oldpackage'] if any(p['downgrade'] for p in packages) else []
        ended, said = None, ''
        for argv in ([self.rpm + ['-i'] + beside] if beside else []) + \
                    ([self.rpm + ['-U'] + old + others] if others else []):
            ended = self.host.run(argv, seconds, log=log, started=started)
            said += ended.out
            if ended.code != 0:
                break
        # A failing %post is a warning to rpm; the package is there, half set up.
        failed = re.findall(r'%\w+\((\S+?)-[^-\s]+-[^-\s]+\) scriptlet failed', said)
        if failed and ended.code == 0:
            ended.code = 1
        ended.out = said
        return ended, failed

    def mark(self, packages):
        names = [p['name'] for p in packages if p['fresh']]
        if names and self.host.has('dnf'):
            self.host.run(['dnf', '-q', '-y', '--disablerepo=*', 'mark', 'remove'] + names, 60)

    def take_back(self, files, gone, purge, gentle, log):
        deps = [] if gentle else ['--nodeps', '--replacefiles']
        endeds = []
        installed = self.installed()
        beside = [p for p in purge if self.SIDE_BY_SIDE.match(p['name']) and self.has(installed, p, p['version'])]
        if files:
            endeds.append(self.host.run(self.rpm + ['-U', '--oldpackage', '--replacepkgs'] + deps + files,
                                        RESTORE_SECONDS, log=log))
        words = ['%s-%s.%s' % (p['name'], re.sub(r'^\d+:', '', p['version']), p['arch']) for p in gone + beside]
        if words:
            endeds.append(self.host.run(self.rpm + ['-e'] + deps[:1] + words, RESTORE_SECONDS, log=log))
        return next((e for e in endeds if e.code != 0), endeds[-1] if endeds else Ended(0, '', 0))

    def forget_marks(self, gone):
        return None

    def dump(self, argv):
        """@see rpm(8) --dump: path size mtime digest mode owner group isconfig isdoc rdev symlink"""
        found = {}
        for line in self.host.run(['rpm'] + argv, 120).out.splitlines():
            words = line.rsplit(' ', 10)
            if len(words) == 11 and words[4].startswith('0100') and words[3].strip('0'):
                found[words[0]] = words[3]
        return found

    def owned(self, p, key):
        return {path: ('sha256' if len(d) == 64 else 'md5', d) for path, d in
                self.dump(['-q', '--dump', '%s.%s' % key]).items()}

    def contents(self, file):
        return {path: d for path, d in self.dump(['-qp', '--nosignature', '--dump', file]).items() if len(d) == 64}

    def need(self, files):
        return sum(int(s) for s in self.host.run(['rpm', '-qp', '--nosignature', '--qf', '%{LONGSIZE}\\n'] + files, 60).out.split()
                   if s.isdigit())

    def checked(self, files):
        ended = self.host.run(['rpm', '-K', '--nosignature'] + files, 300)
        return None if ended.code == 0 else 'rpm finds wrong digests inside: ' + last_words(ended)

    def diverted(self):
        return set()

    def may_miss(self):
        return 'nodocs' in self.host.run(['rpm', '--eval', '%{?_excludedocs:nodocs}%{?_netsharedpath:nodocs}'], 30).out

    def kernels(self, packages):
        return {'%s.%s' % (re.sub(r'^\d+:', '', p['version']), p['arch']) for p in packages
                if re.match(r'kernel(-core|-rt-core|-uek|-uek-core)?\Z', p['name'])}

    def reboot_hint(self):
        return self.host.live and self.host.has('dnf') and self.host.run(
            ['dnf', '-q', '--disablerepo=*', 'needs-restarting', '-r'], 60).code == 1


def last_words(ended):
    """What tells a person most, of all that a package manager says."""
    lines = [' '.join(line.split()) for line in ended.out.splitlines() if line.strip()]
    telling = [l for l in lines if re.search(r'^E: |^dpkg: |^error: |returned error|scriptlet failed|is needed by'
                                             r'| (Pre)?Depends: | Breaks: | Conflicts: ', l)]
    return ('; '.join((telling or lines)[-5:]) or 'no word')[:1500]


def busy(host, family):
    """Who is changing packages. Between its start and its lock there is a gap, so processes are looked at too."""
    for pid in all_pids():
        argv = text_of('/proc/%d/cmdline' % pid).split('\0')
        at = argv[2:] if argv[0].endswith('chroot') and argv[1:2] == [host.root] else argv if host.mine(pid) else []
        if {os.path.basename(word) for word in at[:2]} & family.MANAGERS:
            return 'process %d (%s) is changing packages' % (pid, ' '.join(argv)[:100].strip())
    held = [path for path in family.locks() if locked_by_other(path)]
    return 'somebody holds %s' % held[0] if held else None


def wait_idle(host, family, seconds):
    end = time.monotonic() + seconds
    while True:
        who = busy(host, family)
        if who is None or time.monotonic() > end:
            return who
        time.sleep(0.2)


# ---------------------------------------------------------------------------------------------------------- watching

class Cpu(object):
    """CPU seconds of this host without our own: of its cgroup where that is its own or the machine's, else of the
    processes in its PID namespace (of those on the root directory, where that is not the running system)."""

    def __init__(self, host):
        self.host, self.tick = host, float(os.sysconf('SC_CLK_TCK'))
        first = link_of('/proc/self/ns/pid') == 'pid:[4026531836]'  # the machine's own; linux/proc_ns.h
        group = '/sys/fs/cgroup/'
        whole = os.path.exists(group + 'cgroup.type') or first
        self.group = group + 'cpu.stat' if host.live and whole and 'usage_usec' in text_of(group + 'cpu.stat') else None
        self.last = self.look()

    def look(self):
        try:
            calls = float(text_of(os.path.join(self.host.area, 'own-cpu')) or 0)  # of those who ask how far we are
        except ValueError:
            calls = 0.0
        if self.group:
            used = int(re.search(r'usage_usec (\d+)', text_of(self.group)).group(1)) / 1e6
            return time.monotonic(), {0: used - sum(os.times()[:4]) - calls}
        used = {0: -calls} if self.host.live else {}
        fields = (11, 12, 13, 14) if self.host.live else (11, 12)  # with what it waited for, where all is seen
        for pid in all_pids():
            words = proc_stat(pid) if self.host.live or self.host.mine(pid) else None
            if words:
                used[pid, words[19]] = sum(int(words[i]) for i in fields) / self.tick
        return time.monotonic(), used

    def rate(self):
        """Cores used since the last call; None when that cannot be told."""
        (before, old), (now, new) = self.last, self.look()
        self.last = now, new
        if self.host.live:
            used = sum(new.values()) - sum(old.values())
        else:
            used = sum(max(0.0, value - old.get(key, 0.0)) for key, value in new.items())
        rate = used / (now - before) if 0.2 < now - before < 60 else None
        return None if rate is None or rate < -0.05 or rate > 4096 else max(0.0, rate)


def take_samples(host, name, order):
    """CPU before the change, until there are enough. One process at a time; the next goes on where it ended."""
    want, path = order['cpu'] or {}, host.path('samples', name + '.json')
    seconds, least, every = want.get('sampleSeconds', 300), want.get('minSamples', 12), want.get('everySeconds', 5)
    lock = flock(host.path('samples', name + '.lock'), 2 * seconds + 60)
    known, end = load(path, {'rates': [], 'seconds': 0.0}), time.monotonic() + 2 * seconds + 60
    cpu = Cpu(host)
    while order['cpu'] is not None and lock and time.monotonic() < end:
        if known['seconds'] >= seconds and sum(r is not None for r in known['rates']) >= least:
            break
        since = time.monotonic()
        time.sleep(every)
        known['rates'].append(cpu.rate())
        known['seconds'] += time.monotonic() - since
        durable(path, known)
    if lock:
        lock.close()
    return known


def median(values):
    values = sorted(values)
    return (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2.0 if values else None


def probe(host, p):
    """good, bad or inconclusive (we could not ask), and why. A probe that hangs is bad: so would a user find it."""
    seconds = p.get('timeoutSeconds', 5)
    try:
        if p['kind'] == 'command':
            ended = host.run(p['argv'], seconds, cap=1 << 20)
            kind = 'good' if ended.code == 0 else 'inconclusive' if ended.code in (None, 75, 125, 126, 127) else 'bad'
            return kind, 'exit %s: %s' % (ended.code, ended.out.strip()[-200:])
        if p['kind'] == 'tcp':
            socket.create_connection((p.get('host', '127.0.0.1'), p['port']), seconds).close()
            return 'good', ''
        url = urllib.parse.urlsplit(p['url'])
        kind, more = http.client.HTTPConnection, {}
        if url.scheme == 'https':  # asked by an address of its own, for health and not for trust
            kind, more = http.client.HTTPSConnection, {'context': ssl._create_unverified_context()}
        connection = kind(url.hostname, url.port, timeout=seconds, **more)
        connection.request('GET', (url.path or '/') + ('?' + url.query if url.query else ''), headers={'Connection': 'close'})
        answer = connection.getresponse()
        body = answer.read(65536).decode('utf-8', 'replace')
        connection.close()
        if answer.status not in p.get('status', [200]):
            return 'bad', 'answers %d' % answer.status
        return ('good', '') if p.get('body', '') in body else ('bad', 'the answer lacks the text')
    except socket.gaierror as error:
        return 'inconclusive', str(error)
    except (OSError, http.client.HTTPException) as error:
        ours = getattr(error, 'errno', None) in (errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EADDRNOTAVAIL, errno.ENETUNREACH)
        return 'inconclusive' if ours else 'bad', '%s: %s' % (type(error).__name__, error)
    except (ValueError, KeyError) as error:
        return 'inconclusive', 'no usable probe: %s' % error


def ask(host, probes):
    """All probes at once → kind, words of the first that is not good, and whether it hung for long."""
    found, threads = {}, []
    begin = time.monotonic()
    for p in probes:
        thread = threading.Thread(target=lambda p=p: found.__setitem__(p['id'], probe(host, p)))
        thread.daemon = True
        thread.start()
        threads.append((p, thread))
    for p, thread in threads:
        thread.join(max(0, begin + p.get('timeoutSeconds', 5) + 1 - time.monotonic()))
    results = [(p['id'],) + found.get(p['id'], ('bad', 'no answer in time')) for p in probes]
    for kind in ('bad', 'inconclusive'):
        for name, found_kind, words in results:
            if found_kind == kind:
                return kind, 'probe %s: %s' % (name, words), time.monotonic() - begin > 5
    return 'good', '', False


class Files(object):
    """Managed files by what they may be: as before, or as the new package has them."""

    def __init__(self, host, manifest):
        self.host, self.seen = host, {}
        self.allowed = {}
        for part in ('new', 'before'):
            for path, value in manifest[part].items():
                if path in manifest['new'] and path not in manifest['ignored']:
                    self.allowed.setdefault(path, set()).add(value)

    def wrong(self, etc=True):
        """The first file that is neither. Files whose inode did not change are not read again."""
        for path, allowed in self.allowed.items():
            if not etc and path.startswith('/etc/'):
                continue
            real = self.host.real(path)
            try:
                info = os.lstat(real)
                sign = (info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_mode)
            except OSError:
                sign = None
            if path in self.seen and self.seen[path] == sign:
                continue
            if digest(real) not in allowed:
                return path
            self.seen[path] = sign
        return None


# -------------------------------------------------------------------------------------------------------------- runs

class Run(object):
    def __init__(self, host, name):
        self.host, self.name = host, name
        self.file, self.log = host.path('receipts', name + '.json'), host.path('receipts', name + '.log')
        self.state, self.order = load(self.file), load(host.path('orders', name + '.json'))
        self.receipt = self.state['receipt']
        self.family = host.family()

    def save(self, **more):
        self.receipt.update({k: v for k, v in more.items() if k in self.receipt})
        self.state.update({k: v for k, v in more.items() if k not in self.receipt})
        durable(self.file, self.state)

    def step(self, name, phase=None):
        steps = self.receipt['steps']
        entry = {'step': name, 'try': 1 + sum(s['step'] == name for s in steps), 'started': instant(), 'ended': None,
                 'seconds': None, 'outcome': None, 'detail': ''}
        begin = time.monotonic()
        steps.append(entry)
        self.save(phase=phase or self.receipt['phase'])
        outcome, detail, caught = 'ok', '', None
        try:
            detail = getattr(self, name.replace('-', '_'))() or ''
        except Skip as reason:
            outcome, detail = 'skipped', str(reason)
        except (Hold, Bad, Refused, OSError) as error:
            outcome, detail, caught = 'failed', str(error), error
            if isinstance(error, Bad) and name not in ('restore', 'restore-verify'):
                self.remember(error)
        entry.update(ended=instant(), seconds=round(time.monotonic() - begin, 3), outcome=outcome, detail=detail[:2000])
        if caught is None and name in STEPS:
            self.state['done'].append(name)
        self.save()
        if caught is not None:
            raise caught

    # -- the steps, in order

    def sample(self):
        if self.order['cpu'] is None:
            raise Skip('the order does not want the CPU watched')
        rates = [r for r in take_samples(self.host, self.name, self.order)['rates'] if r is not None]
        if len(rates) < self.order['cpu'].get('minSamples', 12):
            raise Hold('only %d CPU samples could be taken before the change' % len(rates), 'cpu')
        self.save(cpuBefore=median(rates))
        return '%d samples of %s, median %.3f cores' % (
            len(rates), Cpu(self.host).group or 'the processes', self.state['cpuBefore'])

    def precheck(self):
        order, host = self.order, self.host
        who = wait_idle(host, self.family, LOCK_SECONDS)
        if who:
            raise Hold('%s, for more than %d s' % (who, LOCK_SECONDS))
        self.as_ordered()
        files = [self.staged(p) for p in order['packages'] + order['predecessors']]
        need = self.family.need(files[:len(order['packages'])]) + (64 << 20)
        if host.free() < need:
            raise Hold('%d MiB free where packages are unpacked, and %d MiB are needed' % (host.free() >> 20, need >> 20))
        for _ in range(3):  # what cannot be told before the change cannot be told after it either
            kind, words, _ = ask(host, order['probes'])
            if kind == 'good':
                return
            time.sleep(1)
        raise Hold('not healthy before the change: ' + words)

    def as_ordered(self):
        """Compare and swap: what the order was made for is still so."""
        installed = self.family.installed()
        for p in self.order['packages']:
            have = [v[0] for v in installed.get(self.family.key(installed, p), [])]
            if p['from'] is not None and bare(p['from']) not in have or p['from'] is None and bare(p['version']) in have:
                raise Hold('%s is %s here, and the order was made for %s' % (p['name'], ', '.join(have) or 'absent', p['from']))
            if self.family.held(installed, p):
                raise Hold('held by the host itself: ' + p['name'])
        if self.order['startBefore'] is not None and time.time() >= seconds_of(self.order['startBefore']):
            raise Hold('the window for beginning is over (%s)' % self.order['startBefore'])
        return installed

    def staged(self, p, outside=False):
        folder = self.host.folder('stage', p['sha256'])
        path = os.path.join(folder, self.family.file_name(p))
        if digest(path) != p['sha256']:
            if os.path.lexists(path):
                os.unlink(path)
                raise Hold('the bytes of %s were altered after they were staged; nothing was installed' % p['name'])
            raise Hold('the bytes of %s %s are not staged' % (p['name'], p['version']))
        return path if outside else '/' + os.path.relpath(path, self.host.root)

    def mend(self):
        if not self.family.interrupted():
            raise Skip('nothing is half-configured')
        ended, installed = self.family.mend(self.log), self.family.installed()
        # What a file of this order replaces may stay broken until then.
        replaced = {self.family.key(installed, p) for p in self.order['packages']}
        if self.family.torn() or self.family.unfinished() - replaced:
            raise Hold('what was left half-configured cannot be finished: ' + last_words(ended), 'precheck', 'failed')
        self.as_ordered()

    def restore_point(self):
        """Predecessors, copies of configuration, and what every file was: verified by reading back."""
        order, family, host = self.order, self.family, self.host
        if order['restore'] == 'snapshot':
            raise Hold('this host has no snapshot that could be taken back without a reboot; the order wants one')
        home, installed = host.folder('restore', self.name, 'files'), family.installed()
        back, missing = [], []
        for p in order['packages']:
            older = [q for q in order['predecessors'] if q['name'] == p['name'] and bare(q['version']) == bare(p['from'] or '')]
            if p['from'] is None:
                continue
            if not older:
                missing.append(p['name'])
                continue
            path = os.path.join(home, family.file_name(older[0]))
            if digest(path) != older[0]['sha256']:
                shutil.copyfile(self.staged(older[0], True), path)
            if digest(path) != older[0]['sha256']:
                raise Hold('the predecessor of %s does not read back as it was staged' % p['name'], phase='failed')
            back.append(path)
        if missing and order['restore'] != 'none':
            raise Hold('no file of the installed version of %s, so there would be no way back' % ', '.join(missing))
        before, ignored, new = {}, family.diverted(), {}
        for p in order['packages']:
            key = family.key(installed, p)
            for path, (algorithm, stated) in (family.owned(p, key) if p['from'] is not None else {}).items():
                real = host.real(path)
                value = digest(real)
                if value is None:
                    continue
                before[path] = value
                if stated and not path.startswith('/etc/') and stated != (value if algorithm == 'sha256' else digest(real, algorithm)):
                    ignored.add(path)  # altered long before us: its own scripts may do that
            new.update(family.contents(self.staged(p)))
        conf = sorted(path for path in set(before) | set(new) if path.startswith('/etc/') and digest(host.real(path)))
        copies = []
        for number, path in enumerate(conf):
            copy = host.path('restore', self.name, 'conf', str(number))
            shutil.copy2(host.real(path), copy)
            owner = os.lstat(host.real(path))
            copies.append({'path': path, 'copy': number, 'sha256': digest(copy), 'uid': owner.st_uid, 'gid': owner.st_gid})
            before.setdefault(path, copies[-1]['sha256'])
        for number, path in enumerate(('/var/lib/dpkg/status', '/var/lib/apt/extended_states')):
            if os.path.isfile(host.real(path)):  # for people: the way back itself does not write over a database
                shutil.copy2(host.real(path), host.path('restore', self.name, 'database-%d' % number))
        manifest = {'back': back, 'before': before, 'new': new, 'ignored': sorted(ignored & set(new)), 'conf': copies,
                    'kernel': os.uname().release, 'running': sorted(host.units('active', 'activating', 'reloading')),
                    'missing': missing, 'failed': sorted(host.units('failed'))}
        durable(host.path('restore', self.name, 'manifest.json'), manifest)
        if load(host.path('restore', self.name, 'manifest.json')) != json.loads(json.dumps(manifest)):
            raise Hold('the restore point does not read back as it was written', phase='failed')
        for path in back + [host.path('restore', self.name, 'conf', str(c['copy'])) for c in copies]:
            fd = os.open(path, os.O_RDONLY)
            os.fsync(fd)
            os.close(fd)
        sync_folder(home)
        self.save(restorePoint='none' if missing else 'package', phase='prepared')
        return '%d predecessors, %d configuration files, %d files known' % (len(back), len(copies), len(new))

    @property
    def manifest(self):
        return load(self.host.path('restore', self.name, 'manifest.json'))

    def install(self):
        order, family, host, resumed = self.order, self.family, self.host, self.receipt['changed']
        limit = order.get('installSeconds', INSTALL_SECONDS)
        who = wait_idle(host, family, limit if resumed else LOCK_SECONDS)
        if who and resumed:
            self.end_leftovers()
            who = wait_idle(host, family, 10)
        if who:
            raise Bad('maintainer-script', 'left over and without an end: ' + who) if resumed else Hold(who, phase='failed')
        installed = family.installed() if resumed else self.as_ordered()
        if resumed and (family.interrupted() or not all(family.settled(installed, p) for p in order['packages'])):
            # Whose unpacking was cut off is unpacked again, out of its own file.
            cut = [p for p in order['packages'] if family.cut_off(installed, p)]
            ended = family.mend(self.log, [self.staged(p) for p in cut])
            if ended.code != 0:
                raise Bad('maintainer-script', last_words(ended))
            installed = family.installed()
        todo = [p for p in order['packages'] if not family.has(installed, p, p['version'])]
        files = [self.staged(p) for p in todo]  # the SHA-256 of what is installed, right before
        if todo and not resumed:
            inside = family.checked(files)
            if inside:
                raise Hold(inside)
            found = family.simulate(files)
            wanted = sorted('%s=%s' % (p['name'], bare(p['version'])) for p in todo)
            if found['needs'] or found['removes'] or found['problem'] or found['installs'] != wanted:
                raise Hold('needs: %s' % ', '.join(found['needs']) if found['needs'] else 'would remove: %s' % ', '.join(found['removes'])
                           if found['removes'] else found['problem'] or 'the package manager would install %s' % ', '.join(found['installs']))
        host.forbid_services(True)
        self.save(changed=True, installed=self.state.get('installed') or [time.time(), time.monotonic()])
        if todo:
            ended, culprits = family.install(todo, files, limit, self.log, self.began)
            self.state['sessionEnd'] = time.monotonic()
            if ended.code != 0:
                self.install_failed(ended, culprits)
        family.mark(order['packages'])
        host.forbid_services(False)
        return 'an earlier try had done it' if not todo else '%d packages' % len(todo)

    def began(self, pid):
        self.save(session=pid, sessionBoot=self.host.boot()[1])

    def end_leftovers(self):
        """What the transaction left running in its own session, in this boot."""
        if self.state.get('sessionBoot') == self.host.boot()[1]:
            kill_session(self.state['session'], self.state.get('sessionEnd', time.monotonic()))

    def install_failed(self, ended, culprits):
        words = last_words(ended)
        if re.search(r'(get|acquire).*lock', ended.out) and not culprits:
            try:
                self.as_ordered()
            except Hold:
                raise Bad('verify', words)
            self.save(changed=False)
            raise Hold('nothing was changed: ' + words, phase='failed')
        names = [p for p in self.order['packages'] if p['name'] in culprits]
        script = culprits and not re.search(r'No space left', ended.out) or ended.code == -9
        raise Bad('maintainer-script' if script else 'verify', words, culprit=names[0]['sha256'] if len(names) == 1 else None)

    def restart(self):
        host, manifest = self.host, self.manifest
        if not host.systemd:
            raise Skip('no service manager runs here; services are left alone')
        self.save(affected=sorted(self.restart_units(manifest)))
        self.restart_now(self.state['affected'])
        return ', '.join(self.state['affected']) or 'nothing runs the old files'

    def restart_units(self, manifest):
        """Units with a process on deleted files, those that the packages ship and that began before, and needrestart's."""
        host, paths = self.host, {self.host.inner(p) for p in set(manifest['before']) | set(manifest['new'])}
        units, stuck = host.stale(paths)
        shipped = {os.path.basename(p) for p in manifest['new'] if p.endswith('.service') and '/systemd/system/' in p}
        for unit in sorted(shipped & set(manifest['running'])):
            out = host.run(['systemctl', 'show', '-p', 'ActiveEnterTimestampMonotonic', unit], 10).out
            if out.strip().rpartition('=')[2].isdigit() and int(out.strip().rpartition('=')[2]) / 1e6 < self.state['installed'][1]:
                units.add(unit)
        if host.has('needrestart'):
            units.update(re.findall(r'^NEEDRESTART-SVC: (\S+\.service)$', host.run(['needrestart', '-b', '-r', 'l'], 40).out, re.M))
        if stuck:
            self.save(rebootRequired=True)
        return {u for u in units if not UNSAFE.match(u)}

    def restart_now(self, units):
        host = self.host
        host.run(['systemctl', 'daemon-reload'], 30)
        if '' in units:
            host.run(['systemctl', 'daemon-reexec'], 30)
        for unit in [u for u in units if u]:
            host.run(['systemctl', 'try-restart', unit], 45, log=self.log)
        dead = set(units) & host.units('failed') - set(self.manifest['failed'])
        if dead:
            raise Bad('verify', '%s did not come back' % ', '.join(sorted(dead)))

    def reboot(self):
        order, host, kernels = self.order, self.host, self.family.kernels(self.order['packages'])
        wanted = host.live and bool(self.receipt['rebootRequired'] or host.reboot_wanted() or self.family.reboot_hint()
                                    or kernels and os.uname().release not in kernels)
        self.save(rebootRequired=wanted)
        if order['reboot'] == 'never' or order['reboot'] == 'if-required' and not wanted or not host.systemd:
            raise Skip('a reboot is wanted, and the order forbids it' if wanted else 'none is wanted')
        if host.boot()[1] == self.state.setdefault('rebootFrom', host.boot()[1]):
            self.save(phase='rebooting')
            ended = host.run(['systemctl', 'reboot'], 30)
            time.sleep(120)  # this process ends with the system
            raise Bad('verify', 'the host does not reboot: ' + ended.out[:300])
        self.save(rebooted=True, rebootRequired=False, phase='verifying')
        if kernels and os.uname().release not in kernels:
            raise Bad('verify', 'runs the kernel %s and not %s' % (os.uname().release, ', '.join(sorted(kernels))))
        return 'booted'

    def verify(self):
        family, installed = self.family, self.family.installed()
        for p in self.order['packages']:
            if not family.has(installed, p, p['version']) or not family.settled(installed, p):
                raise Bad('verify', '%s is not installed as ordered' % p['name'])
        manifest = self.manifest
        missing = [p for p in manifest['new'] if not os.path.lexists(self.host.real(p))]
        files, tolerated = Files(self.host, manifest), family.may_miss()
        if tolerated:
            for path in missing:
                files.allowed.pop(path, None)
        wrong = files.wrong()
        if wrong:
            raise Bad('file', '%s is neither what it was nor what the package has' % wrong)
        _, stuck = self.host.stale({self.host.inner(p) for p in manifest['before']})
        self.save(rebootRequired=bool(stuck or self.receipt['rebootRequired'] or self.host.reboot_wanted()),
                  absent=missing if tolerated else [])
        self.settle(BOOT_SECONDS if self.state.get('rebooted') else 0)
        return 'still on old files until a reboot: %s' % ', '.join(sorted(stuck)) if stuck else ''

    def settle(self, uncounted):
        """Services were just restarted: their probes get a moment, counted from the first bad sample; after a boot a
        longer one that is not counted."""
        first, until = None, time.monotonic() + uncounted
        while True:
            kind, words, _ = ask(self.host, self.order['probes'])
            if kind != 'bad':
                return kind
            if time.monotonic() >= until:
                first = first or time.monotonic()
                if time.monotonic() - first > SETTLE_SECONDS:
                    raise Bad('probe', words, first)
            time.sleep(0.5)

    def soak(self):
        return self.observe(self.order['soakSeconds'], 2, True)

    def watch(self):
        if self.receipt['phase'] != 'kept':
            good = self.state['lastKind'] == 'good'
            self.conclude('kept', 'good' if good else 'inconclusive', 'none',
                          'healthy through the soak' if good else 'the soak ended inconclusive: ' + self.state['lastWords'])
        return self.observe(self.order['watchSeconds'], 5, False)

    def observe(self, seconds, every, soaking):
        """Looks until so many seconds have passed. A flapping probe is asked twice; CPU needs some intervals in a row."""
        host, order, watch = self.host, self.order, self.order['cpu']
        key = 'soaked' if soaking else 'watched'
        passed, saved, begin = self.state.get(key, 0.0), time.monotonic(), time.monotonic()
        files, cpu, high = Files(host, self.manifest), Cpu(host) if watch else None, []
        for path in self.state.get('absent', []):
            files.allowed.pop(path, None)
        interval = min(watch.get('everySeconds', 5), CPU_EVERY) if watch else 0
        limit = max(watch.get('factor', 3) * self.state['cpuBefore'], watch.get('floorCores', 0.25)) if watch else 0
        looked = {'cpu': begin, 'files': begin - FILES_EVERY}
        cpu_words = 'too few CPU samples yet' if watch else ''
        while True:
            self.requests(soaking)
            kind, words, slow = ask(host, order['probes'])
            first = time.monotonic()
            if kind == 'bad' and not slow:
                time.sleep(1)
                again = ask(host, order['probes'])
                if again[0] == 'bad':
                    self.count('bad')
                    raise Bad('probe', words, first)
                self.count('bad')
                kind, words = 'inconclusive', 'flapping: ' + words
            elif kind == 'bad':
                raise Bad('probe', words, first)
            if cpu and time.monotonic() - looked['cpu'] >= interval:
                looked['cpu'], rate = time.monotonic(), cpu.rate()
                high = high + [(time.monotonic(), rate)] if rate is not None and rate > limit else []
                cpu_words = 'the CPU could not be read' if rate is None else ''
                if len(high) >= CPU_BAD:
                    raise Bad('cpu', '%.2f cores, and %.2f were the median before' % (rate, self.state['cpuBefore']), high[0][0])
            if time.monotonic() - looked['files'] >= FILES_EVERY:
                looked['files'] = time.monotonic()
                wrong = files.wrong(soaking)
                if wrong:
                    raise Bad('file', '%s is neither what it was nor what the package has' % wrong)
                dead = soaking and set(self.state.get('affected', [])) & host.units('failed') - set(self.manifest['failed'])
                if dead:
                    raise Bad('verify', '%s failed' % ', '.join(sorted(dead)))
            if kind == 'good' and (cpu_words or high):
                kind, words = 'inconclusive', cpu_words or 'the CPU is high'
            self.count(kind)
            self.state.update(lastKind=kind, lastWords=words)
            now = time.monotonic()
            self.state[key] = passed + now - begin
            if now - saved > 30 or (soaking and now - saved > 5):
                saved = now
                try:
                    self.save()
                except OSError:
                    pass  # a disk that is full for a while is no reason to take a good version back
            # Inconclusive holds: the soak goes on for as long again, and a minute, before it says so.
            if self.state[key] >= seconds and (kind == 'good' or not soaking or self.state[key] >= 2 * seconds + 60):
                return ''
            time.sleep(min(every, max(0.2, seconds - self.state[key])))

    def count(self, kind):
        seen = self.receipt['watch']
        if seen is None or kind == 'bad':
            self.receipt['watch'] = seen = {'since': instant(), 'until': instant(), 'samples': seen['samples'] if seen else 0,
                                            'finite': seen['finite'] if seen else 0, 'bad': seen['bad'] if seen else 0,
                                            'inconclusive': seen['inconclusive'] if seen else 0}
        seen['samples'] += 1
        seen['finite'] += kind != 'inconclusive'
        seen['bad'] += kind == 'bad'
        seen['inconclusive'] += kind == 'inconclusive'
        if kind == 'good':
            seen['until'] = instant()

    def requests(self, soaking):
        asked = load(self.host.path('orders', self.name + '.restore'))
        if asked:
            raise Bad('order', asked['reason'])
        if not soaking and os.path.exists(self.host.path('orders', self.name + '.stop')):
            raise Skip('a newer order began')

    # -- the way back

    def remember(self, bad):
        self.state['bad'] = {'check': bad.check, 'reason': str(bad), 'culprit': bad.culprit, 'first': bad.first,
                             'decided': time.monotonic(), 'boot': self.host.boot()[1], 'wall': time.time()}

    def take_back(self):
        bad, tries = self.state['bad'], self.state.setdefault('restoreTries', 0)
        if self.receipt['restorePoint'] in (None, 'none'):
            return self.conclude('unrestored', 'bad', bad['check'], bad['reason'] + '; there is no restore point, as the order allows')
        while tries < 2:
            try:
                self.step('restore', 'restoring')
                self.step('restore-verify')
                break
            except (Bad, Hold, Refused, OSError) as error:
                tries += 1
                self.save(restoreTries=tries, why=str(error))
        if tries >= 2:
            return self.conclude('unrestored', 'bad', bad['check'], '%s; not taken back: %s' % (bad['reason'], self.state['why']))
        manifest, stuck = self.manifest, set()
        if self.state.get('rebooted'):
            _, stuck = self.host.stale({self.host.inner(p) for p in set(manifest['before']) | set(manifest['new'])})
            if os.uname().release != manifest['kernel']:
                stuck.add('the kernel')
        if stuck:
            self.save(rebootRequired=True)
            return self.conclude('unrestored', 'bad', bad['check'], '%s; the packages are back, and it needs a reboot: %s '
                                 'still runs the new version' % (bad['reason'], ', '.join(sorted(stuck))))
        self.conclude('restored', 'good' if bad['check'] == 'order' else 'bad', bad['check'], bad['reason'])

    def restore(self):
        order, family, host, manifest = self.order, self.family, self.host, self.manifest
        gentle = self.state['restoreTries'] == 0
        self.end_leftovers()
        who = wait_idle(host, family, 20)
        if who:
            raise Bad('verify', who)
        host.forbid_services(True)
        installed = family.installed()
        gone = [p for p in order['packages'] if p['from'] is None and family.key(installed, p) in installed
                and family.has(installed, p, p['version'])]
        for path in manifest['back']:
            if digest(path) not in {q['sha256'] for q in order['predecessors']}:
                raise Bad('verify', '%s was altered' % path)
        todo = ['/' + os.path.relpath(path, host.root) for path in manifest['back']]
        if all(p['from'] is None or family.has(installed, p, p['from']) and family.settled(installed, p) and
               not self.differs(p, installed) for p in order['packages']):
            todo = []
        if todo or gone:
            ended = family.take_back(todo, gone, order['packages'], gentle, self.log)
            if ended.code != 0:
                raise Bad('verify', last_words(ended))
        for conf in manifest['conf']:
            self.put_back(conf)
        for path in manifest['new']:
            if path.startswith('/etc/') and path not in manifest['before'] and digest(host.real(path)):
                self.keep_replaced(path)
                os.unlink(host.real(path))
        family.forget_marks([p for p in order['packages'] if p['from'] is None])
        host.forbid_services(False)
        if host.systemd:
            units = self.restart_units(manifest) | set(self.state.get('affected', []))
            host.run(['systemctl', 'reset-failed'] + sorted(u for u in units if u), 10)
            lost = set(manifest['running']) & (units | self.lost(manifest)) - host.units('active', 'activating', 'reloading')
            self.restart_now(sorted(units - lost))
            for unit in sorted(u for u in lost if not UNSAFE.match(u)):
                host.run(['systemctl', 'start', unit], 30, log=self.log)
        return '%d packages, %d removed, by %s' % (len(todo), len(gone), 'apt or rpm' if gentle else 'force')

    def lost(self, manifest):
        return {os.path.basename(p) for p in manifest['before'] if p.endswith('.service')}

    def differs(self, p, installed):
        """The right version with wrong files: it is unpacked again. Conffiles come back from their copies."""
        manifest, owned = self.manifest, self.family.owned(p, self.family.key(installed, p))
        return any(digest(self.host.real(path)) != manifest['before'][path] for path in owned
                   if path in manifest['before'] and not path.startswith('/etc/') and path not in manifest['ignored'])

    def keep_replaced(self, path):
        shutil.copy2(self.host.real(path), self.host.path('restore', self.name, 'replaced', path.strip('/').replace('/', '%')))

    def put_back(self, conf):
        real, copy = self.host.real(conf['path']), self.host.path('restore', self.name, 'conf', str(conf['copy']))
        if digest(real) == conf['sha256']:
            return
        if digest(copy) != conf['sha256']:
            raise Bad('verify', 'the copy of %s was altered' % conf['path'])
        if digest(real):
            self.keep_replaced(conf['path'])
        os.makedirs(os.path.dirname(real), exist_ok=True)
        shutil.copy2(copy, real + '.patchwarden')
        os.chown(real + '.patchwarden', conf['uid'], conf['gid'])
        os.rename(real + '.patchwarden', real)

    def restore_verify(self):
        family, host, manifest, installed = self.family, self.host, self.manifest, self.family.installed()
        for p in self.order['packages']:
            there = family.key(installed, p) in installed
            if p['from'] is not None and not (family.has(installed, p, p['from']) and family.settled(installed, p)) or \
                    p['from'] is None and there and family.has(installed, p, p['version']):
                raise Bad('verify', '%s is not what it was' % p['name'])
        for path, value in manifest['before'].items():
            if path not in manifest['ignored'] and digest(host.real(path)) != value:
                raise Bad('verify', '%s is not what it was' % path)
        lost = (set(manifest['running']) & set(self.state.get('affected', []))) - host.units('active', 'activating', 'reloading')
        if host.systemd and lost:
            raise Bad('verify', '%s does not run' % ', '.join(sorted(lost)))
        kind = self.settle(0)
        if self.state['bad']['check'] == 'cpu':
            self.calm()
        healthy = time.monotonic()
        self.save(healthy=healthy if kind == 'good' else None, restoredAt=time.time())

    def calm(self):
        watch, cpu = self.order['cpu'], Cpu(self.host)
        limit = max(watch.get('factor', 3) * self.state['cpuBefore'], watch.get('floorCores', 0.25))
        for _ in range(4):
            time.sleep(3)
            rate = cpu.rate()
            if rate is not None and rate <= limit:
                return
        raise Bad('cpu', 'the CPU is still high: %s cores' % rate)

    def conclude(self, phase, kind, check, reason):
        """Ends the run, but for the watch after `kept`. What went bad here is quarantined first."""
        bad, healthy = self.state.get('bad'), self.state.get('healthy')
        same = bad and bad['boot'] == self.host.boot()[1]
        since = lambda mono: None if mono is None or not bad else mono - bad['first'] if same else time.time() - bad['wall']
        wall = lambda mono: None if mono is None else instant(time.time() - (time.monotonic() - mono)) if same or not bad else instant()
        if phase in ('restored', 'unrestored') and kind == 'bad' and 'No space left' not in reason:
            packages = self.order['packages']
            main = [p['sha256'] for p in packages if not p['fresh']] or [p['sha256'] for p in packages]
            path = self.host.path('quarantine')
            known = load(path, [])
            entry = {'set': sorted([bad['culprit']] if bad and bad['culprit'] else main), 'run': self.name, 'reason': reason[:500]}
            if entry['set'] not in [k['set'] for k in known]:
                durable(path, known + [entry])
        log = digest(self.log)
        words = last_words(Ended(0, text_of(self.log, 64 << 20)[-65536:], 0)) if log else ''
        healthy_at = healthy if phase == 'restored' else None
        self.save(phase=phase, log='sha256:' + log if log else None, logTail=words[:4000], verdict={
            'kind': kind, 'reason': reason[:2000], 'check': check,
            'firstBad': (instant(bad['wall'] - (bad['decided'] - bad['first'])) if bad else None),
            'decided': instant(bad['wall']) if bad else None,
            'restored': instant(self.state['restoredAt']) if phase == 'restored' else None,
            'healthy': wall(healthy_at), 'secondsToHealthy': None if healthy_at is None else round(since(healthy_at), 3)})

    # -- the worker

    def work(self):
        state, receipt, host = self.state, self.receipt, self.host
        remember_execution(host, self.name, receipt['order'])
        boot, exact = host.boot()
        state['starts'] += 1
        if state['boots'][-1] != exact:
            state['boots'].append(exact)
        for entry in receipt['steps']:
            if entry['ended'] is None:
                entry.update(ended=instant(), outcome='interrupted')
        receipt['bootId']['now'] = boot
        self.save(pid=os.getpid())
        unplanned = len(state['boots']) - 1 - bool(state.get('rebootFrom'))
        before = 'soak' not in state['done']
        if before and (state['starts'] > MAX_STARTS or unplanned > 2 * MAX_BOOTS):
            self.conclude('unrestored' if receipt['changed'] else 'failed', 'bad' if receipt['changed'] else 'inconclusive', 'verify',
                          'gave up after %d starts and %d boots' % (state['starts'], unplanned))
        elif before and unplanned >= MAX_BOOTS and receipt['changed'] and not state.get('bad'):
            self.remember(Bad('verify', 'the host booted %d times by itself' % unplanned))
        try:
            if receipt['phase'] in OPEN + ('kept',):
                self.go_on()
        except Exception as error:  # whatever it is, the run ends in a named state
            words = '%s: %s' % (type(error).__name__, error)
            self.conclude('unrestored' if receipt['changed'] else 'failed', 'bad' if receipt['changed'] else 'inconclusive', 'verify', words)
        host.forbid_services(False)
        self.save(over=True)
        forget_unit(host, self.name)

    def go_on(self):
        phases = {'sample': 'sampling', 'install': 'installing', 'restart': 'verifying', 'verify': 'verifying', 'soak': 'soaking'}
        try:
            for name in STEPS:
                if self.state.get('bad'):
                    break
                if name not in self.state['done']:
                    self.step(name, phases.get(name))
        except Hold as hold:
            if not self.receipt['changed']:
                return self.conclude(hold.phase, 'inconclusive', hold.check, str(hold))
            self.remember(Bad('verify', str(hold)))
        except Bad:
            pass
        except (Refused, OSError) as error:
            if not self.receipt['changed']:
                return self.conclude('failed', 'inconclusive', 'precheck', str(error))
            self.remember(Bad('verify', str(error)))
        if self.state.get('bad'):
            self.take_back()


# ------------------------------------------------------------------------------------------------- starting a worker

def unit_of(name):
    return 'patchwarden-%s.service' % name[:16]


def start(host, name, verb='worker'):
    """In a session of its own, so that losing ssh or the controller harms nothing. Where there is systemd it is a unit: woken
    after a kill (its package manager is left alone) and after a boot."""
    helper = host.path('helper', load_helper(host, name) + '.py')
    argv = [sys.executable or '/usr/bin/python3', '-I', helper] + ([] if host.live else ['--root', host.root]) + [verb, name]
    if host.systemd and verb == 'worker':
        unit = '/etc/systemd/system/' + unit_of(name)
        text = ('[Unit]\nDescription=Patchwarden run %s\n[Service]\nExecStart=%s\nRestart=on-failure\nRestartSec=1\nKillMode=process\n'
                'SendSIGKILL=no\nStandardInput=null\n[Install]\nWantedBy=multi-user.target\n' % (name[:16], ' '.join(argv)))
        if text_of(unit) != text:
            durable(unit, text.encode())
            link = '/etc/systemd/system/multi-user.target.wants/' + unit_of(name)
            os.makedirs(os.path.dirname(link), exist_ok=True)
            if not os.path.lexists(link):
                os.symlink(unit, link)
            host.run(['systemctl', 'daemon-reload'], 30)
        if host.run(['systemctl', 'start', '--no-block', unit_of(name)], 30).code == 0:
            return
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    os.setsid()
    if os.fork():
        os._exit(0)
    null, err = os.open('/dev/null', os.O_RDWR), os.open(host.path('receipts', name + '.err'), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for number, fd in enumerate((null, err, err)):
        os.dup2(fd, number)
    os.closerange(3, 256)
    os.execve(argv[0], argv, ENV)


def load_helper(host, name):
    """A run is carried out by the helper that accepted its order, even when a newer one is pushed meanwhile."""
    known = load(host.path('receipts', name + '.json'), {}).get('helper')
    value = known or hashlib.sha256(source()).hexdigest()
    if digest(host.path('helper', value + '.py')) != value:
        durable(host.path('helper', value + '.py'), source())
    return value


def source():
    """This file. Over ssh it is run from standard input, and whoever did that says what was run."""
    if 'SOURCE' in globals():
        return globals()['SOURCE']
    with open(os.path.abspath(__file__), 'rb') as file:
        return file.read()


def forget_unit(host, name):
    if host.systemd:
        for path in ('/etc/systemd/system/multi-user.target.wants/' + unit_of(name), '/etc/systemd/system/' + unit_of(name)):
            if os.path.lexists(path):
                os.unlink(path)
        host.run(['systemctl', 'daemon-reload'], 30)


def remember_execution(host, name, order):
    """For ever, and before anything is done: receipts are cleaned away, and no run is begun twice."""
    path = host.path('executed')
    if not re.search('^' + name, text_of(path, 64 << 20), re.M):
        with open(path, 'ab') as file:
            file.write(('%s %s %s\n' % (name, order, instant())).encode())
            file.flush()
            os.fsync(file.fileno())
        sync_folder(host.area)


def worker(host, name):
    lock = flock(host.path('receipts', name + '.lock'), 3)  # a caller that looks holds it for a moment
    if lock and not load(host.path('receipts', name + '.json')).get('over'):
        Run(host, name).work()


def sampler(host, name):
    take_samples(host, name, load(host.path('samples', name + '.order.json')))


# ------------------------------------------------------------------------------------------------------------- verbs

def names_in(folder, pattern):
    names = os.listdir(folder) if os.path.isdir(folder) else []
    return sorted(m.group(1) for m in map(re.compile(pattern).match, names) if m)


def runs(host):
    return names_in(os.path.join(host.area, 'receipts'), r'([0-9a-f]{64})\.json\Z')


def name_of(value):
    found = RUN.match(value if isinstance(value, str) else '')
    if not found:
        raise Refused('bad-document', 'no run: %r' % (value,))
    return found.group(1)


def fence(host, epoch):
    """Every change carries an epoch, and the highest one seen is the only one that may change anything"""
    seen = load(host.path('fence'), 0)
    if not isinstance(epoch, int) or epoch < 1:
        raise Refused('bad-document', 'no epoch: %r' % (epoch,))
    if epoch < seen:
        raise Refused('lease-lost', 'epoch %d is over: this host has seen %d' % (epoch, seen))
    if epoch > seen:
        durable(host.path('fence'), epoch)
    return epoch


def status(host, asked, raise_it=True):
    family, stage = host.family(), os.path.join(host.area, 'stage')
    epoch = fence(host, asked['epoch']) if raise_it else load(os.path.join(host.area, 'fence'), 0)
    staged = [s for s in names_in(stage, r'([0-9a-f]{64})\Z') if any(not n.endswith('.part') for n in os.listdir(os.path.join(stage, s)))]
    receipts = {name: load(os.path.join(host.area, 'receipts', name + '.json')) for name in runs(host)}
    opened = [n for n, s in receipts.items() if s['receipt']['phase'] in OPEN]
    bad = {s for entry in load(os.path.join(host.area, 'quarantine'), []) for s in entry['set']}
    return {'apiVersion': API, 'helper': 'sha256:' + hashlib.sha256(source()).hexdigest(), 'epoch': epoch,
            'machineId': text_of(host.real('/etc/machine-id')).strip()[:64], 'bootId': host.boot()[0], 'clock': instant(),
            'freeBytes': host.free(), 'busy': (busy(host, family) or None), 'interrupted': family.interrupted(),
            'rebootRequired': host.reboot_wanted(), 'restore': ['package'], 'open': 'sha256:' + opened[0] if opened else None,
            'runs': ['sha256:' + n for n in sorted(receipts)][-1000:], 'quarantined': sorted(bad)[:10000], 'staged': staged[:10000]}


def check_words(family, p):
    name, version = WORDS[family.name]
    if not (name.match(p['name']) and version.match(p['version']) and ARCH.match(p['arch']) and SHA.match(p['sha256'])):
        raise Refused('bad-document', '%s cannot name a package file' % json.dumps([p['name'], p['version'], p['arch']]))


def check_order(host, order):
    family = host.family()
    if order.get('apiVersion') != API or order.get('family') != family.name:
        raise Refused('bad-document', 'the order is for %s hosts, and this is a %s host' % (order.get('family'), family.name))
    for p in order['packages'] + order['predecessors']:
        check_words(family, p)
    return family


def stage_file(host, asked, stdin):
    family = host.family()
    check_words(family, asked)
    fence(host, asked['epoch'])
    folder = host.folder('stage', asked['sha256'])
    path = os.path.join(folder, family.file_name(asked))
    if digest(path) == asked['sha256']:
        return {}
    if host.free() < asked['size'] + (16 << 20):
        raise Refused('host-failed', 'the disk is full: %d MiB free; free some space' % (host.free() >> 20))
    if asked.get('url'):
        data = urllib.request.urlopen(asked['url'], timeout=60)
    else:
        data = stdin if 'path' not in asked else os.fdopen(os.open(asked['path'], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), 'rb')
    total, left, end = hashlib.sha256(), asked['size'], time.monotonic() + 1800
    part = path + '.part'
    try:
        with open(part, 'wb') as file:
            for chunk in iter(lambda: data.read(1 << 18), b''):
                left -= len(chunk)
                if left < 0 or time.monotonic() > end:
                    break
                total.update(chunk)
                file.write(chunk)
            file.flush()
            os.fsync(file.fileno())
        if left != 0 or total.hexdigest() != asked['sha256'] or digest(part) != asked['sha256']:
            raise Refused('digest-mismatch', 'the bytes of %s %s are not those the lock names' % (asked['name'], asked['version']))
        os.rename(part, path)
        sync_folder(folder)
    finally:
        if os.path.lexists(part):
            os.unlink(part)
    return {}


def simulate(host, asked):
    fence(host, asked['epoch'])
    family, order = check_order(host, asked['order']), asked['order']
    return family.simulate(staged_all(host, family, order)) if order['packages'] else {
        'installs': [], 'removes': [], 'needs': [], 'problem': None}


def staged_all(host, family, order):
    files = []
    for p in order['packages']:
        path = host.path('stage', p['sha256'], family.file_name(p))
        if digest(path) != p['sha256']:
            raise Refused('digest-mismatch', 'the bytes of %s %s are not staged as the order names them' % (p['name'], p['version']))
        files.append('/' + os.path.relpath(path, host.root))
    return files


def sample(host, asked):
    fence(host, asked['epoch'])
    order, name = asked['order'], name_of(asked['order']['run'])
    check_order(host, order)
    if order['cpu'] is not None and not os.path.exists(host.path('receipts', name + '.json')):
        lock = flock(host.path('samples', name + '.lock'))
        known = load(host.path('samples', name + '.json'), {'rates': [], 'seconds': 0})
        if lock:
            lock.close()
            if known['seconds'] < order['cpu'].get('sampleSeconds', 300):
                durable(host.path('samples', name + '.order.json'), order)
                start(host, name, 'sampler')
    known = load(host.path('samples', name + '.json'), {'rates': [], 'seconds': 0})
    return {'seconds': round(known['seconds'], 1), 'samples': sum(r is not None for r in known['rates'])}


def begin(host, raw):
    order = json.loads(raw.decode())
    name = name_of(order['run'])
    fence(host, order['epoch'])
    family, value = check_order(host, order), hashlib.sha256(raw).hexdigest()
    boot, exact = host.boot()
    fresh = {'apiVersion': API, 'run': order['run'], 'order': 'sha256:' + value, 'epoch': order['epoch'], 'phase': 'accepted',
             'worker': 'alive', 'steps': [], 'changed': False, 'restorePoint': None, 'verdict': None, 'watch': None,
             'bootId': {'before': boot, 'now': boot}, 'rebootRequired': host.reboot_wanted(), 'log': None, 'logTail': ''}
    if os.path.exists(host.path('receipts', name + '.json')):
        if load(host.path('receipts', name + '.json'))['receipt']['order'] != fresh['order']:
            raise Refused('refused', 'this run was begun with another order')
        return receipt(host, {'epoch': order['epoch'], 'run': order['run']})
    reason = why_not(host, family, order, name)
    if reason:  # not kept: the same run may be asked for again when it can be
        verdict = {'kind': 'inconclusive', 'reason': reason, 'check': 'order', 'firstBad': None, 'decided': None, 'restored': None,
                   'healthy': None, 'secondsToHealthy': None}
        return dict(fresh, phase='refused', worker='done', verdict=verdict)
    durable(host.path('orders', name + '.json'), raw)
    helper = load_helper(host, name)
    durable(host.path('receipts', name + '.json'), {'receipt': fresh, 'done': [], 'starts': 0, 'boots': [exact], 'helper': helper})
    start(host, name)
    return told(host, name)


def why_not(host, family, order, name):
    """Why an order is not begun; None when nothing speaks against it."""
    if re.search('^' + name, text_of(host.path('executed'), 64 << 20), re.M):
        return 'this run was executed here before'
    mine, skew = {p['sha256'] for p in order['packages']}, abs(time.time() - seconds_of(order['now']))
    for entry in load(host.path('quarantine'), []):
        if set(entry['set']) <= mine:
            return 'these bytes went bad here before: ' + entry['reason']
    if skew > order['maxClockSkewSeconds']:
        return 'the clocks differ by %d s, and %d are allowed' % (skew, order['maxClockSkewSeconds'])
    if order['startBefore'] is not None and time.time() >= seconds_of(order['startBefore']):
        return 'the window for beginning is over (%s)' % order['startBefore']
    for other in runs(host):
        state = load(host.path('receipts', other + '.json'))
        if state['receipt']['phase'] in OPEN:
            return 'the run sha256:%s is open' % other
        if not state.get('over'):  # it only watches: the newer order takes its place
            durable(host.path('orders', other + '.stop'), {})
            lock = flock(host.path('receipts', other + '.lock'), 15)
            if lock is None:
                return 'the watch of sha256:%s does not end' % other
            durable(host.path('receipts', other + '.json'), dict(load(host.path('receipts', other + '.json')), over=True))
            forget_unit(host, other)
            lock.close()
    return None


def told(host, name):
    state = load(host.path('receipts', name + '.json'))
    lock = None if state.get('over') else flock(host.path('receipts', name + '.lock'))
    if lock:
        lock.close()
    # Between the start and its first word a worker holds no lock yet.
    young = state['starts'] == 0 and time.time() - os.stat(host.path('receipts', name + '.json')).st_mtime < 5
    alive = 'done' if state.get('over') else 'dead' if lock and not young else 'alive'
    return dict(state['receipt'], worker=alive)


def receipt(host, asked):
    fence(host, asked['epoch'])
    name = name_of(asked['run'])
    if not os.path.exists(host.path('receipts', name + '.json')):
        return None
    found = told(host, name)
    if found['worker'] == 'dead':
        start(host, name)
    return found


def restore(host, asked):
    fence(host, asked['epoch'])
    name = name_of(asked['run'])
    path = host.path('receipts', name + '.json')
    state = load(path)
    if state is None:
        raise Refused('refused', 'this host never heard of that run')
    phase, order = state['receipt']['phase'], load(host.path('orders', name + '.json'))
    if phase in ('kept', 'verifying', 'soaking') and state['receipt']['restorePoint'] == 'package':
        run_, installed = Run(host, name), host.family().installed()
        if not all(run_.family.has(installed, p, p['version']) for p in order['packages']):
            raise Refused('refused', 'the packages have changed since that run')
        durable(host.path('orders', name + '.restore'), {'reason': str(asked['reason'])[:500]})
        lock = flock(host.path('receipts', name + '.lock'))
        if lock:  # nobody watches any more: a worker is woken for the way back
            state = load(path)
            state['over'] = False
            state['done'] = [s for s in state['done'] if s != 'watch']
            durable(path, state)
            lock.close()
            start(host, name)
        end = time.monotonic() + 15
        while time.monotonic() < end and load(path)['receipt']['phase'] == phase:
            time.sleep(0.1)
    elif phase not in ('restoring', 'restored', 'refused', 'failed'):
        raise Refused('refused', 'a run that is %s, with the restore point %s, cannot be taken back now' % (phase, state['receipt']['restorePoint']))
    return told(host, name)


def clean(host, asked):
    fence(host, asked['epoch'])
    states = {name: load(host.path('receipts', name + '.json')) for name in runs(host)}
    busy_runs = {n for n, s in states.items() if not s.get('over')}
    needed = set()
    for name in busy_runs:
        order = load(host.path('orders', name + '.json'))
        needed |= {p['sha256'] for p in order['packages'] + order['predecessors']}
    for sha in names_in(host.folder('stage'), r'([0-9a-f]{64})\Z'):
        if sha not in needed:
            shutil.rmtree(os.path.join(host.folder('stage'), sha))
    if not busy_runs and os.path.isdir(os.path.join(host.area, 'apt')):
        shutil.rmtree(os.path.join(host.area, 'apt'))
    newest = sorted(states, key=lambda n: os.stat(host.path('receipts', n + '.json')).st_mtime, reverse=True)
    kept = [n for n in newest if states[n]['receipt']['phase'] in ('kept', 'unrestored')][:3]  # may still be taken back
    for name in names_in(host.folder('restore'), r'([0-9a-f]{64})\Z'):
        if name not in busy_runs and name not in kept:
            shutil.rmtree(os.path.join(host.folder('restore'), name))
    for name in set(newest[KEEP_RUNS:]) - busy_runs - set(kept):
        for folder in ('receipts', 'orders', 'samples'):
            for file in os.listdir(host.folder(folder)):
                if file.startswith(name):
                    os.unlink(host.path(folder, file))
    helpers = {s.get('helper') for n, s in states.items() if n in busy_runs or n in kept}
    for value in names_in(host.folder('helper'), r'([0-9a-f]{64})\.py\Z'):
        if value not in helpers:
            os.unlink(host.path('helper', value + '.py'))
    return {}


def answer(host, verb):
    stdin = sys.stdin.buffer
    if verb == 'stage':
        asked = json.loads(stdin.readline(1 << 16).decode())
    else:
        raw = stdin.read((16 << 20) + 1)
        if len(raw) > 16 << 20:
            raise Refused('bad-document', 'more than 16 MiB of input')
        asked = json.loads(raw.decode() or '{}')
    lock = None if verb == 'peek' else flock(host.path('lock'), 60)
    if lock is None and verb != 'peek':
        raise Refused('host-failed', 'another call to this host does not end')
    try:
        return answered(host, verb, asked, raw if verb != 'stage' else stdin)
    finally:
        if lock:  # what asking costs is not the host's own load
            try:
                known = float(text_of(host.path('own-cpu')) or 0)
                with open(host.path('own-cpu'), 'w') as file:
                    file.write('%.3f' % (known + sum(os.times()[:4])))
            except (OSError, ValueError):
                pass


def answered(host, verb, asked, data):
    verbs = {'status': status, 'simulate': simulate, 'sample': sample, 'receipt': receipt, 'restore': restore, 'clean': clean}
    if verb == 'peek':
        return status(host, {}, False)
    if verb in ('stage', 'begin'):
        return stage_file(host, asked, data) if verb == 'stage' else begin(host, data)
    return verbs[verb](host, asked)


def main(argv):
    os.umask(0o077)
    root = '/'
    if argv[:1] == ['--root']:
        root, argv = argv[1], argv[2:]
    if argv[:1] in (['worker'], ['sampler']) and SHA.match(argv[1]):
        return {'worker': worker, 'sampler': sampler}[argv[0]](Host(root), argv[1])
    if len(argv) != 1 or argv[0] not in ('status', 'peek', 'stage', 'simulate', 'sample', 'begin', 'receipt', 'restore', 'clean'):
        sys.exit(__doc__)
    try:
        said = {'ok': answer(Host(root), argv[0])}
    except Refused as refusal:
        said = {'error': {'code': refusal.code, 'message': str(refusal)}}
    except Hold as hold:
        said = {'error': {'code': 'refused', 'message': str(hold)}}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        said = {'error': {'code': 'bad-document', 'message': '%s: %s' % (type(error).__name__, error)}}
    except (OSError, subprocess.SubprocessError) as error:
        said = {'error': {'code': 'host-failed', 'message': str(error)}}
    sys.stdout.write(json.dumps(said, sort_keys=True) + '\n')


if __name__ == '__main__':
    main(sys.argv[1:])
