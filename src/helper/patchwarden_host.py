#!/usr/bin/env python3
"""Patchwarden on a host: carries out one order by itself, watches, and takes it back when the host gets worse.

    python3 -I patchwarden_host.py [--root DIR] VERB      JSON on stdin, one line of JSON on stdout

A run is one order, carried out by a worker process in a session of its own (a systemd unit where there is systemd, which
also wakes it after a kill and after a boot). Its steps, and the phase that its receipt tells:

    sample, precheck, mend, restore-point │ install      restart, reboot, verify  soak       watch
    accepted, sampling ───────► prepared ─┼► installing ─► verifying ───────────► soaking ─► kept
            │                             │      └───────────────┴───────────────────┴─────────┘ the first bad sample
     refused, failed     the first change │            restore, restore-verify: restoring ─► restored, unrestored

What it will do is written down before it is done; whoever continues looks first what is already so. Python 3.6 and its
standard library only. Nothing is ever passed to a shell. All state is below /var/lib/patchwarden:
  fence         the highest epoch seen: lower ones change nothing here (lease-lost)
  executed      every run begun on this host, for ever: none is begun twice
  quarantine    sets of package bytes that went bad here: an order that holds a whole set is refused
  orders/       orders as they came; RUN.stop and RUN.restore are requests to a working worker
  receipts/     RUN.json is what a run did and all that its worker needs to go on; RUN.log what the package manager said
  stage/        package files by SHA-256          restore/RUN/  the way back
  samples/      CPU before                        helper/       this file, by digest, as runs use it
  own-cpu       seconds that calls of this helper have used
"""
import errno, fcntl, fnmatch, glob, hashlib, json, os, re, signal, stat, struct, subprocess, sys, time
from collections import namedtuple
from contextlib import contextmanager
# The rest is imported where it is needed: most calls are short questions, and importing all takes longer than answering.

API = 'patchwarden/v1'
ENV = {'PATH': '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', 'LC_ALL': 'C', 'HOME': '/root',
       'DEBIAN_FRONTEND': 'noninteractive', 'DEBIAN_PRIORITY': 'critical', 'NEEDRESTART_SUSPEND': '1',
       'APT_LISTCHANGES_FRONTEND': 'none', 'UCF_FORCE_CONFFOLD': '1'}
SHA = re.compile(r'[0-9a-f]{64}\Z')
# Words of an order become file names and arguments, so they must look like what they claim to be.
COMMON = {'arch': r'[a-z0-9][a-z0-9_-]{0,31}\Z', 'sha256': SHA.pattern}
WORDS = {'deb': dict(COMMON, name=r'[a-z0-9][a-z0-9+.-]{0,127}\Z', version=r'[A-Za-z0-9][A-Za-z0-9.+:~-]{0,127}\Z'),
         'rpm': dict(COMMON, name=r'[A-Za-z0-9_][A-Za-z0-9_+.-]{0,127}\Z', version=r'[A-Za-z0-9][A-Za-z0-9_.+:~^-]{0,127}\Z')}
STEPS = {'sample': 'sampling', 'precheck': None, 'mend': None, 'restore-point': None, 'install': 'installing',
         'restart': 'verifying', 'reboot': None, 'verify': 'verifying', 'soak': 'soaking', 'watch': None}
OPEN = ('accepted', 'sampling', 'prepared', 'installing', 'rebooting', 'verifying', 'soaking', 'restoring')
# Restarting these under a running system does more harm than an old library in memory; they need a reboot.
UNSAFE = re.compile(r'(dbus(-broker)?|systemd-logind|user@.*|getty@.*|serial-getty@.*|NetworkManager|gdm3?|sddm|lightdm'
                    r'|display-manager|patchwarden-.*|polkit)\.service\Z')
OTHERS = re.compile(r'(user@|patchwarden-)')  # somebody's session, or ourselves: no reason for a boot either
LOCKED = re.compile(r'(?:\d+:)?(.+?)(?:-(?:\d+:)?[\d*?\[][^-]*(?:-[^-]+)?)?\Z')  # a line of dnf's versionlock, and its name
READING = re.compile(r'/usr/share/(doc|man|info|locale|help|lintian|linda|groff|licenses)/')
LOCK_SECONDS = 600      # for another package manager to end; its locks are never removed
INSTALL_SECONDS = 1800  # for a transaction, unless the order says otherwise; then it is ended and taken back
RESTORE_SECONDS = 120   # for each command of the way back (the whole way is measured against 90 s)
SETTLE_SECONDS = 10     # for probes to turn good after services were restarted; counted as bad from the first sample
FLAP_SECONDS = 1        # in the soak, for a bad probe to be asked again, unless it hung for so long:
HUNG_SECONDS = 5
BOOT_SECONDS = 120      # for probes to be good once after a boot, whoever wanted it; not counted
GAP_SECONDS = 60        # between two good samples, that count as healthy: the pause, and the longest that probes may take
WATCH_SECONDS = 86400   # for the watch to show what was asked, or three times as long as that
MAX_STARTS, MAX_BOOTS, KEEP_RUNS = 25, 3, 50
CPU_BAD, CPU_EVERY, FILES_EVERY = 3, 5, 5  # so many bad intervals in a row; at most so many seconds each

WANTED = '/run/reboot-required'

# This file. Over ssh it is run from standard input, and whoever did that says what was run.
if 'SOURCE' not in globals():
    with open(os.path.abspath(__file__), 'rb') as this:
        SOURCE = this.read()
HELPER = hashlib.sha256(SOURCE).hexdigest()

class Refused(Exception):
    """Nothing was done: an answer to the caller, or the end of a run before its first change."""
    def __init__(self, message, code='refused', check='precheck', phase=None):
        Exception.__init__(self, message)
        self.code, self.check, self.phase = code, check, phase or ('failed' if code == 'host-failed' else 'refused')

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
    """Python 3.6 reads neither Z nor the colon of an offset."""
    from datetime import datetime
    plain = re.sub(r'(\.\d+)?(Z|([+-]\d\d):(\d\d))\Z', lambda m: (m.group(3) or '+00') + (m.group(4) or '00'), text.upper())
    return datetime.strptime(plain, '%Y-%m-%dT%H:%M:%S%z').timestamp()

def durable(path, data):
    """Whole or not at all, and on disk when it returns."""
    data = data if isinstance(data, bytes) else json.dumps(data, sort_keys=True, allow_nan=False).encode()
    fd = os.open(path + '.part', os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(fd, 'wb') as file:
        file.write(data)
        to_disk(file)
    os.rename(path + '.part', path)
    sync_folder(os.path.dirname(path))

def to_disk(file):
    file.flush()
    os.fsync(file.fileno())

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

def link_of(path):
    try:
        return os.readlink(path)
    except OSError:
        return None

def remove(path):
    if os.path.lexists(path):
        os.unlink(path)

def copy_whole(path, to):
    """With mode, times, extended attributes and owner."""
    import shutil
    owner = os.stat(path)
    shutil.copy2(path, to)
    os.chown(to, owner.st_uid, owner.st_gid)

def plainly(path, flags):
    """Opens no link, and waits for no pipe."""
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK)

def digest(path, algorithm='sha256'):
    """Of a regular file that is no link; None when there is none."""
    try:
        with open(path, 'rb', opener=plainly) as file:
            return hash_of(file, algorithm) if stat.S_ISREG(os.fstat(file.fileno()).st_mode) else None
    except OSError as error:
        if error.errno in (errno.ENOENT, errno.ELOOP, errno.ENOTDIR, errno.EISDIR, errno.ENXIO):
            return None
        raise

def hash_of(file, algorithm='sha256'):
    total = hashlib.new(algorithm)
    for chunk in iter(lambda: file.read(1 << 20), b''):
        total.update(chunk)
    return total.hexdigest()

Ended = namedtuple('Ended', 'code out')  # code None: it could not be started; -9: its time was over

def run(argv, seconds, log=None, started=None, cap=16 << 20):
    """Runs a program in a session of its own, with an end. Output goes to a file: a daemon that a maintainer script
    leaves behind would keep a pipe open for ever."""
    import tempfile
    with (open(log, 'ab') if log else tempfile.TemporaryFile()) as out:
        begin = out.seek(0, os.SEEK_END)
        if log:
            out.write(('\n+ %s\n' % ' '.join(argv)[:4000]).encode())
            out.flush()
        try:
            child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT, env=ENV,
                                     cwd='/', start_new_session=True)
        except OSError as error:
            return Ended(None, '%s: %s' % (argv[0], error.strerror))
        if started:
            started(child.pid)
        end = time.monotonic() + seconds
        while child.returncode is None:
            try:
                child.wait(0.1)
            except subprocess.TimeoutExpired:
                if time.monotonic() > end or os.fstat(out.fileno()).st_size > begin + cap:
                    kill_session(child.pid)
                    child.wait()
                    return Ended(-9, 'no end within %d s, or more than %d bytes of output' % (seconds, cap))
        with open('/proc/self/fd/%d' % out.fileno(), 'rb') as back:
            back.seek(begin)
            return Ended(child.returncode, back.read(cap).decode('utf-8', 'replace'))

def last_words(ended):
    """What tells a person most, of all that a package manager says."""
    lines = [' '.join(line.split()) for line in ended.out.splitlines() if line.strip()]
    telling = [l for l in lines if re.search(r'^E: |^dpkg: |^error: |returned error|scriptlet failed|is needed by'
                                             r'| (Pre)?Depends: | Breaks: | Conflicts: ', l)]
    return ('; '.join((telling or lines)[-5:]) or 'no word')[:1500]

def all_pids():
    return [int(name) for name in os.listdir('/proc') if name.isdigit() and int(name) != os.getpid()]

def proc_stat(pid):
    """Fields of /proc/PID/stat from the third on; None when it is gone. @see proc(5)"""
    text = text_of('/proc/%s/stat' % pid)
    return text.rsplit(')', 1)[1].split() if ')' in text else None

def kill_session(session, since=None):
    """Ends all processes of a session that we started, by the session and not by name. After some time its number may be
    somebody else's: then one of them must be older than `since` (monotonic), for a number in use is not given away."""
    stats = [(pid, proc_stat(pid)) for pid in all_pids()]
    members = {pid: int(words[19]) / os.sysconf('SC_CLK_TCK') for pid, words in stats if words and words[3] == str(session)}
    if since is None or any(started <= since for started in members.values()):
        for pid in members:
            try:
                os.kill(pid, signal.SIGKILL)
            except OSError:
                pass

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
    file, end = open(path, 'ab'), time.monotonic() + wait
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
        self.prefix = '' if self.live else self.root
        self.area = self.prefix + '/var/lib/patchwarden'
        self.systemd = self.live and os.path.isdir('/run/systemd/system')
        if not os.path.isdir(self.prefix + '/var/lib'):
            raise Refused('%s is no root directory of a host: it has no /var/lib' % self.root, 'host-failed')

    def folder(self, *names):
        """A directory of ours, made where it is missing. A link in its place is refused: it could point anywhere."""
        path = self.area
        for name in ('',) + names:
            path = os.path.join(path, name).rstrip('/')
            try:
                os.mkdir(path, 0o700)
            except FileExistsError:
                if not stat.S_ISDIR(os.lstat(path).st_mode):
                    raise Refused('%s is not a directory, so nothing is written there' % path, 'host-failed')
        return path

    def path(self, *names):
        return os.path.join(self.folder(*names[:-1]), names[-1])

    def listed(self, folder, suffix=''):
        """SHA-256 names in a directory of ours."""
        path = os.path.join(self.area, folder)
        names = sorted(os.listdir(path)) if os.path.isdir(path) else []
        return [n[:64] for n in names if SHA.match(n[:64]) and n[64:] == suffix]

    def run(self, argv, seconds=60, **more):
        return run(argv if self.live else ['chroot', self.root] + argv, seconds, **more)

    def has(self, program):
        return any(os.access('%s/%s/%s' % (self.prefix, d, program), os.X_OK) for d in ('usr/bin', 'usr/sbin', 'bin', 'sbin'))

    def inner(self, path, links=0):
        """A path as the packages name it, without links on the way, and never outside the root."""
        folder, name = os.path.split(os.path.normpath(path))
        if folder == '/':
            return folder + name
        folder = self.inner(folder, links)
        link = link_of(self.prefix + folder)
        if link is None or links > 40:
            return folder + '/' + name
        return self.inner(os.path.join(os.path.dirname(folder), link, name), links + 1)

    def real(self, path):
        return self.prefix + self.inner(path)

    def inside(self, path):
        """As the host itself sees a path of ours."""
        return path[len(self.prefix):]

    def mine(self, pid):
        """A process of this host: in our PID namespace (containers are hosts of their own) and on this root."""
        return (link_of('/proc/%d/root' % pid) == self.root
                and link_of('/proc/%d/ns/pid' % pid) == link_of('/proc/self/ns/pid'))

    def boot(self):
        """Boot id, and what also tells apart the boots of a container."""
        boot = text_of('/proc/sys/kernel/random/boot_id').strip() or 'unknown'
        return boot, boot + ':' + (proc_stat(1) or ['?'] * 20)[19]

    def stopping(self):
        """The system is on its way down: its last part is done by another program than systemd."""
        return (text_of('/proc/1/comm').startswith('systemd-shutdow')
                or self.run(['systemctl', 'is-system-running'], 10).out.strip() == 'stopping')

    def free(self):
        """Each place may be a file system of its own; the fullest one counts."""
        places = [os.path.join(self.root, p) for p in ('', 'usr', 'var', 'var/lib', 'var/lib/patchwarden')]
        return min(s.f_bavail * s.f_frsize for s in map(os.statvfs, filter(os.path.exists, places)))

    def reboot_wanted(self):
        return self.live and os.path.exists(WANTED)

    def want_reboot(self, names):
        """Says so where everybody looks, and where a boot removes it."""
        known = text_of(WANTED + '.pkgs').split()
        try:
            for path, lines in ((WANTED, []), (WANTED + '.pkgs', [n + '\n' for n in names if n not in known])):
                with open(path, 'a') as file:
                    os.fchmod(file.fileno(), 0o644)
                    file.writelines(lines)
        except OSError:
            pass  # the receipt has it

    def family(self):
        rpm = self.has('rpm') and any(os.path.isdir(os.path.join(self.root, p)) for p in Rpm.DATABASES)
        # A host with rpm's database that also knows dpkg is what its os-release says it is.
        like_rpm = re.search(r'^ID(_LIKE)?=.*\b(rhel|fedora|almalinux|rocky|suse)', text_of(self.real('/etc/os-release')), re.M)
        return Rpm(self) if rpm and (like_rpm or not os.path.isfile(self.prefix + '/var/lib/dpkg/status')) else Deb(self)

    def forbid_services(self, on):
        """Packages of a directory that is not the running system must start nothing on this machine.
        @see /usr/share/doc/init-system-helpers/README.policy-rc.d.gz"""
        path, text = self.real('/usr/sbin/policy-rc.d'), '#!/bin/sh\n# patchwarden: no services here\nexit 101\n'
        if on and not self.live and not os.path.lexists(path):
            durable(path, text.encode())
        if not self.live and text_of(path) == text:
            os.chmod(path, 0o755) if on else os.unlink(path)

    def units(self, *states):
        if not self.systemd:
            return set()
        out = self.run(['systemctl', 'list-units', '--type=service', '--plain', '--no-legend', '--no-pager',
                        '--state=' + ','.join(states)], 15).out
        return {line.split()[0] for line in out.splitlines() if '.service' in line}

    def reread(self, units=None):
        """Has the service manager read unit files again, where one of these changed; without a word about which, always."""
        named = [u for u in units or () if u]
        asked = ['systemctl', 'show', '-p', 'NeedDaemonReload'] + named
        if units is None or named and 'yes' in self.run(asked, 10).out:
            return self.run(['systemctl', 'daemon-reload'], 30).code == 0
        return True

    def running(self):
        return self.units('active', 'activating', 'reloading')

    def stale(self, paths):
        """Who still runs deleted files out of `paths`: units, and what only a boot ends."""
        units, stuck, paths = set(), set(), {self.inner(p) for p in paths}
        for pid in all_pids() if self.live else []:
            maps = text_of('/proc/%d/maps' % pid, 4 << 20)
            used = {line.split(None, 5)[-1][:-10] for line in maps.splitlines() if line.endswith(' (deleted)')}
            if not used & paths or not self.mine(pid):
                continue
            group = text_of('/proc/%d/cgroup' % pid)
            unit = re.search(r'([^/\n]+\.service)(?:/|$)', group, re.M)
            if pid == 1 and self.systemd:
                units.add('')  # the service manager itself can be re-executed
            elif re.search(r'/(session-[^/]*\.scope|user@)', group) or unit and OTHERS.match(unit.group(1)):
                pass
            elif unit and not UNSAFE.match(unit.group(1)):
                units.add(unit.group(1))
            else:
                stuck.add(unit.group(1) if unit else text_of('/proc/%d/comm' % pid).strip())
        return units, stuck

# ---------------------------------------------------------------------------------------------------- package managers

Installed = namedtuple('Installed', 'version held whole cut_off')  # cut off: while it was unpacked

def bare(version):
    return version[2:] if version.startswith('0:') else version

class Family(object):
    """What both package managers have in common."""

    def __init__(self, host):
        self.host = host

    def table(self, *argv):
        ended = self.host.run(list(argv), 120)
        if ended.code != 0:
            raise Refused('%s does not answer: %s' % (argv[0], ended.out[:300]), 'host-failed')
        return [line.split('\t') for line in ended.out.splitlines() if '\t' in line]

    def file_name(self, p):
        return self.FILE % (p['name'], p['version'].replace(':', '%3a'), p['arch'])

    def staged(self, p):
        """Path of the staged file, whose bytes are those that the order names, right now."""
        path = self.host.path('stage', p['sha256'], self.file_name(p))
        if digest(path) != p['sha256']:
            remove(path)
            raise Refused('the bytes of %s %s are not staged, or were altered after they were staged; nothing was installed'
                          % (p['name'], p['version']), 'digest-mismatch')
        return path

    def key(self, installed, p):
        """Where a package stands; its architecture may change between versions (all, amd64)."""
        exact, others = (p['name'], p['arch']), [k for k in installed if k[0] == p['name']]
        return others[0] if exact not in installed and len(others) == 1 and self.ANY in (p['arch'], others[0][1]) else exact

    def standing(self, installed, p):
        return installed.get(self.key(installed, p), [])

    def has(self, installed, p, version):
        return any(i.version == bare(version) for i in self.standing(installed, p))

    def whole(self, installed, p):
        return all(i.whole for i in self.standing(installed, p))

    def held(self, installed, p):
        return any(i.held for i in self.standing(installed, p))

    def beside(self, p):
        """Added next to the old version instead of replacing it."""
        return False

    def torn(self):
        """The database itself was left half-way."""
        return False

    def unfinished(self):
        return {key for key, found in self.installed().items() if not all(i.whole for i in found)}

    def interrupted(self):
        return self.torn() or bool(self.unfinished())

    def reboot_hint(self):
        return False

    def busy(self):
        """Who is changing packages. Between its start and its lock there is a gap, so processes are looked at too."""
        for pid in all_pids():
            argv = text_of('/proc/%d/cmdline' % pid).split('\0')
            entering = argv[0].endswith('chroot') and argv[1:2] == [self.host.root]
            at = argv[2:4] if entering else argv[:2] if self.host.mine(pid) else []
            if {os.path.basename(word) for word in at} & self.MANAGERS:
                return 'process %d (%s) is changing packages' % (pid, ' '.join(argv)[:100].strip())
        held = [path for path in self.LOCKS if locked_by_other(os.path.join(self.host.root, path))]
        return 'somebody holds %s' % held[0] if held else None

    def wait_idle(self, seconds):
        end = time.monotonic() + seconds
        while True:
            who = self.busy()
            if who is None or time.monotonic() > end:
                return who
            time.sleep(0.2)

class Deb(Family):
    name, ANY, FILE, AUTO = 'deb', 'all', '%s_%s_%s.deb', ['apt-mark', 'auto']
    MANAGERS = {'apt-get', 'apt', 'dpkg', 'aptitude', 'unattended-upgrade', 'unattended-upgrades'}
    LOCKS = ('var/lib/dpkg/lock-frontend', 'var/lib/dpkg/lock')
    CONFFILES = ['--force-confdef', '--force-confold']
    FORCE = ['--force-downgrade,depends,breaks,conflicts,remove-reinstreq,overwrite']
    # Nothing to fetch from, caches in memory, and a private list of automatic marks: upgrading from a file must not turn
    # the host's automatic packages into manual ones.
    APT = ['apt-get', '-q', '-y'] + [word for option in (
        'Dir::State::lists=/var/lib/patchwarden/apt/lists', 'Dir::Etc::sourcelist=/dev/null', 'Dir::Etc::sourceparts=/dev/null',
        'Dir::State::extended_states=/var/lib/patchwarden/apt/extended_states', 'Dir::Cache::pkgcache=',
        'Dir::Cache::srcpkgcache=', 'APT::Sandbox::User=root', 'APT::Get::AllowUnauthenticated=true', 'Dpkg::Use-Pty=0',
        'APT::Install-Recommends=false', 'Dpkg::Options::=--force-confdef', 'Dpkg::Options::=--force-confold',
        'DPkg::Lock::Timeout=60') for word in ('-o', option)]

    def word(self, p):
        return p['name'] if p['arch'] == 'all' else '%s:%s' % (p['name'], p['arch'])

    def installed(self):
        """(name, arch) → what dpkg itself says."""
        rows = self.table('dpkg-query', '-W', '-f', '${Package}\\t${Architecture}\\t${Version}\\t${db:Status-Want}\\t'
                          '${db:Status-Status}\\t${db:Status-Eflag}\\n')
        return {(name, arch): [Installed(bare(version), want == 'hold', (state, flag) == ('installed', 'ok'),
                                        state == 'half-installed' or flag == 'reinstreq')]
                for name, arch, version, want, state, flag in rows if state not in ('not-installed', 'config-files')}

    def torn(self):
        return bool(glob.glob(os.path.join(glob.escape(self.host.root), 'var/lib/dpkg/updates/[0-9]*')))

    def mend(self, log, files=()):
        ended = self.host.run(['dpkg'] + self.CONFFILES + ['--configure', '-a'], INSTALL_SECONDS, log=log)
        if files or ended.code == 0 and self.interrupted():  # half-installed, or its dependencies are missing
            ended = self.host.run(self.APT + ['--no-remove', '--allow-downgrades', '--fix-broken', 'install'] + list(files),
                                  INSTALL_SECONDS, log=log)
        return ended

    def simulate(self, files):
        self.host.folder('apt', 'lists', 'partial')
        ended = self.host.run(self.APT + ['-s', '--allow-downgrades', 'install'] + files, 300)
        installs, removes, needs, unknown = [re.findall(pattern, ended.out, re.M) for pattern in (
            r'^Inst (\S+?)(?::[a-z0-9-]+)?(?: \[[^\]]*\])? \((\S+)(?: [^[\n]*)?\[[^\]]+\]\)', r'^(?:Remv|Purg) ([^\s:]+)',
            r'(?:Depends: )([a-z0-9][a-z0-9+.-]*)(?::[a-z0-9-]+)?(?: \([^)\n]*\))? but ', r'^E: Unable to locate package (\S+)')]
        return {'installs': sorted('%s=%s' % (name, bare(version)) for name, version in installs),
                'removes': sorted(set(removes)), 'needs': sorted(set(needs + unknown)),
                'problem': None if ended.code == 0 else last_words(ended)}

    def install(self, packages, files):
        """Commands, of which the first that fails is the last."""
        down = ['--allow-downgrades'] if any(p['downgrade'] for p in packages) else []
        return [self.APT + ['--no-remove'] + down + ['install'] + files]

    def blame(self, out):
        """Names of the packages that failed; who only waits for them is not to blame."""
        return [a or b for a, b in re.findall(r'^dpkg: error processing (?:package ([^\s:]+)|archive \S*/([^/\s_]+)_)[^\n]*\n'
                                              r'(?! dependency problems)', out, re.M)]

    def take_back(self, files, gone):
        """Commands, all of which are run: the set as it was needs no solver, and no dependency may stand in its way."""
        gone = [self.word(p) for p in gone]
        return ([['dpkg'] + self.FORCE + self.CONFFILES + ['--auto-deconfigure', '-i'] + files] * bool(files)
                + [['apt-mark', 'manual'] + gone, ['dpkg'] + self.FORCE + ['--purge'] + gone] * bool(gone)
                + [['dpkg'] + self.CONFFILES + ['--configure', '-a']])

    def owned(self, key):
        """Paths of an installed package → MD5 that the package itself states, where it does."""
        word = self.word({'name': key[0], 'arch': key[1]})
        sums = ''.join(text_of(self.host.real('/var/lib/dpkg/info/%s.md5sums' % w), 64 << 20) for w in {key[0], word})
        stated = {'/' + path: md5 for md5, path in re.findall(r'^([0-9a-f]{32})  (.+)$', sums, re.M)}
        listed = self.host.run(['dpkg-query', '-L', word], 60).out.splitlines()
        return {path: stated.get(path) for path in listed if path.startswith('/')}

    def contents(self, file):
        """Paths in a package file → SHA-256, out of its bytes."""
        import tarfile
        with subprocess.Popen(['dpkg-deb', '--fsys-tarfile', file] if self.host.live else
                              ['chroot', self.host.root, 'dpkg-deb', '--fsys-tarfile', file], stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=ENV) as child:
            with tarfile.open(fileobj=child.stdout, mode='r|') as tar:
                return {'/' + m.name.lstrip('./'): hash_of(tar.extractfile(m)) for m in tar if m.isreg()}

    def need(self, files):
        sizes = [self.host.run(['dpkg-deb', '-f', f, 'Installed-Size'], 60).out.strip() for f in files]
        return sum(int(s) * 1024 for s in sizes if s.isdigit())

    def kernels(self, packages):
        names = [re.match(r'linux-image-(?:unsigned-)?(\d.*)\Z', p['name']) for p in packages]
        return {n.group(1) for n in names if n}

class Rpm(Family):
    """rpm itself and not dnf: the set is exactly the files given, nothing is solved and no repository is looked at."""
    name, ANY, FILE = 'rpm', 'noarch', '%s-%s.%s.rpm'
    AUTO = ['dnf', '-q', '-y', '--disablerepo=*', 'mark', 'remove']
    MANAGERS = {'dnf', 'dnf-3', 'dnf5', 'yum', 'rpm', 'microdnf', 'dnf-automatic'}
    DATABASES = ('var/lib/rpm', 'usr/lib/sysimage/rpm')
    LOCKS = tuple(d + '/.rpm.lock' for d in DATABASES)
    FORMAT = '%{NAME}\\t%{ARCH}\\t%|EPOCH?{%{EPOCH}:}|%{VERSION}-%{RELEASE}\\n'
    # Several versions of these stand side by side, the running kernel among them: they are added, never replaced.
    SIDE_BY_SIDE = re.compile(r'kernel(-(core|modules|modules-core|modules-extra|devel|rt|rt-core|uek|uek-core))?\Z')

    def __init__(self, host):
        Family.__init__(self, host)
        # Debian's rpm installs nothing unless it is told that this is meant; others do not know the option.
        self.rpm = ['rpm', '--nosignature'] + ['--force-debian'] * os.path.isfile(host.prefix + '/etc/debian_version')

    def word(self, p):
        return '%s-%s.%s' % (p['name'], re.sub(r'^\d+:', '', p['version']), p['arch'])

    def installed(self):
        found = {}
        for name, arch, version in self.table('rpm', '-qa', '--qf', self.FORMAT):
            found.setdefault((name, arch), []).append(Installed(bare(version), False, True, False))
        return found

    def held(self, installed, p):
        """By dnf's versionlock: what has lines of its own stays at what they name, and what a line with ! names never comes.
        @see dnf-versionlock(8); a line is a pattern, and so are its parts"""
        epoch, full = re.match(r'(?:(\d+):)?(.*)\Z', p['version']).groups('0')
        texts = [word for v in (full, full.rsplit('-', 1)[0]) for word in (v, epoch + ':' + v)]
        names = [p['name'], '%s.%s' % (p['name'], p['arch']), '%s:%s' % (epoch, self.word(p))]
        names += ['%s-%s%s' % (p['name'], v, arch) for v in texts for arch in ('', '.' + p['arch'])]
        named = lambda pattern: any(fnmatch.fnmatchcase(name, pattern) for name in names)
        config = text_of(self.host.real('/etc/dnf/plugins/versionlock.conf'))
        place = re.search(r'^\s*locklist\s*=\s*(/\S+)', config, re.M)
        lines = text_of(self.host.real(place.group(1) if place else '/etc/dnf/plugins/versionlock.list')).splitlines()
        lines = [line.strip() for line in lines if line.strip() and not line.startswith('#')]
        mine = [line for line in lines if fnmatch.fnmatchcase(p['name'], LOCKED.match(line).group(1))]
        return any(named(line[1:]) for line in lines if line[0] == '!') or mine != [] and not any(map(named, mine))

    def beside(self, p):
        return bool(self.SIDE_BY_SIDE.match(p['name']))

    def simulate(self, files):
        rows = self.table('rpm', '-qp', '--nosignature', '--qf', self.FORMAT, *files)
        others = {k[0] for k in self.installed()} - {r[0] for r in rows}
        obsoletes = self.host.run(['rpm', '-qp', '--nosignature', '--qf', '[%{OBSOLETENAMES}\\n]'] + files, 120).out.split()
        ended = self.host.run(self.rpm + ['-U', '--test', '--oldpackage'] + files, 300)
        return {'installs': sorted('%s=%s' % (r[0], bare(r[2])) for r in rows), 'removes': sorted(set(obsoletes) & others),
                'needs': sorted(set(re.findall(r'^\s+(\S+)(?: [<>=]+ \S+)? is needed by ', ended.out, re.M))),
                'problem': None if ended.code == 0 else last_words(ended)}

    def install(self, packages, files):
        beside = [f for p, f in zip(packages, files) if self.beside(p)]
        others = [f for f in files if f not in beside]
        old = ['--oldpackage'] * any(p['downgrade'] for p in packages)
        return [self.rpm + ['-i'] + beside] * bool(beside) + [self.rpm + ['-U'] + old + others] * bool(others)

    def blame(self, out):
        """A failing %post is a warning to rpm; the package is there, half set up."""
        return re.findall(r'%\w+\((\S+?)-[^-\s]+-[^-\s]+\) scriptlet failed', out)

    def take_back(self, files, gone):
        return ([self.rpm + ['-U', '--oldpackage', '--replacepkgs', '--replacefiles', '--nodeps'] + files] * bool(files)
                + [self.rpm + ['-e', '--nodeps'] + [self.word(p) for p in gone]] * bool(gone))

    def dump(self, *argv):
        """@see rpm(8) --dump: path size mtime digest mode owner group isconfig isdoc rdev symlink"""
        rows = [line.rsplit(' ', 10) for line in self.host.run(['rpm'] + list(argv), 120).out.splitlines()]
        return {r[0]: r[3] for r in rows if len(r) == 11 and r[4].startswith('0100') and r[3].strip('0')}

    def owned(self, key):
        return self.dump('-q', '--dump', '%s.%s' % key)

    def contents(self, file):
        return {path: d for path, d in self.dump('-qp', '--nosignature', '--dump', file).items() if len(d) == 64}

    def need(self, files):
        sizes = self.host.run(['rpm', '-qp', '--nosignature', '--qf', '%{LONGSIZE}\\n'] + files, 60).out.split()
        return sum(int(s) for s in sizes if s.isdigit())

    def kernels(self, packages):
        kernels = [p for p in packages if re.match(r'kernel(-core|-rt-core|-uek|-uek-core)?\Z', p['name'])]
        return {self.word(p)[len(p['name']) + 1:] for p in kernels}

    def reboot_hint(self):
        return self.host.live and self.host.run(['dnf', '-q', '--disablerepo=*', 'needs-restarting', '-r'], 60).code == 1

# ---------------------------------------------------------------------------------------- a snapshot of the whole root

class Snapshot(object):
    """A btrfs snapshot of the root subvolume. To go back, a writable copy of it becomes the default subvolume, which the next
    boot takes. It lies beside the root, in .patchwarden/ of the whole file system, which is mounted only meanwhile."""
    TOP = '/run/patchwarden-btrfs'
    PLACES = ('/', '/usr', '/etc', '/boot', '/var', '/var/lib', '/var/lib/dpkg', '/var/lib/rpm', '/usr/lib/sysimage/rpm',
              '/var/lib/patchwarden')

    def __init__(self, host, name=''):
        self.host, self.name = host, name
        self.kept, self.next = self.TOP + '/.patchwarden/' + name, self.TOP + '/.patchwarden/' + name + '-back'
        # @see proc(5), mountinfo: the last one that was mounted at / is what one sees
        root = ([line for line in text_of('/proc/self/mountinfo').splitlines() if line.split()[4] == '/'] or [''])[-1]
        found = re.match(r'\S+ \S+ \S+ (\S+) .* - btrfs (/dev/\S+) (?:\S*,)?subvolid=(\d+)', root)
        self.subvolume, self.device, self.number = found.groups() if found and host.live else (None, None, None)

    def btrfs(self, *argv):
        ended = self.host.run(['btrfs'] + list(argv), 60)
        if ended.code != 0:
            raise OSError('btrfs %s: %s' % (argv[1], ended.out.strip()[:300]))
        return ended.out

    def below(self, path):
        """Subvolumes inside of one, as paths from the top of the file system."""
        return re.findall(r' path (.+)$', self.btrfs('subvolume', 'list', '-o', path), re.M)

    def why_not(self):
        """Why none is offered; None when nothing speaks against it."""
        host, root = self.host, (self.subvolume or '').strip('/')
        if not host.systemd or not self.number or not os.path.exists(self.device) or not host.has('btrfs'):
            return 'the root is no btrfs subvolume that this host boots by itself'
        if 'subvol' in ''.join(re.findall(r'rootflags=\S+', text_of('/proc/cmdline'))) or re.search(
                r'^\s*[^#\s]\S*\s+/\s+\S+\s+\S*subvol', text_of('/etc/fstab'), re.M):
            return 'the boot names its subvolume'
        if len({os.stat(p).st_dev for p in self.PLACES if os.path.exists(p)}) > 1:
            return 'not all that packages write to lies in the root subvolume'
        try:
            if self.btrfs('subvolume', 'get-default', '/').split()[1] != self.number:
                return 'the root is not the default subvolume'
            others = ['/' + p[len(root):].strip('/') for p in self.below('/') if not p.startswith('.patchwarden/')]
            filled = [p for p in others if os.listdir(p)]  # a snapshot would have them empty
            return 'the subvolume %s lies inside of the root' % filled[0] if filled else None
        except OSError as error:
            return str(error)

    @contextmanager
    def top(self):
        os.makedirs(self.TOP, 0o700, exist_ok=True)
        if not os.path.ismount(self.TOP):
            ended = self.host.run(['mount', '-o', 'subvolid=5', self.device, self.TOP])
            if ended.code != 0:
                raise OSError('the btrfs file system cannot be mounted: ' + ended.out[:300])
        try:
            os.makedirs(self.TOP + '/.patchwarden', 0o700, exist_ok=True)
            yield
        finally:
            self.host.run(['umount', self.TOP])

    def remove(self, path):
        for inner in self.below(path):
            self.remove(self.TOP + '/' + inner)
        self.btrfs('subvolume', 'delete', path)

    def make(self, before):
        """Those of other runs go, but for the one that is the root itself."""
        with self.top():
            for name in os.listdir(self.TOP + '/.patchwarden'):
                if name != self.name and self.subvolume != '/.patchwarden/' + name:
                    self.remove(self.TOP + '/.patchwarden/' + name)
            if not os.path.isdir(self.kept):
                self.btrfs('subvolume', 'snapshot', '-r', '/', self.kept)
            wrong = [path for path, value in before.items() if digest(self.kept + self.host.inner(path)) != value]
        if wrong:
            raise Refused('the snapshot does not read back as the root is: ' + wrong[0], phase='failed')

    def forget(self):
        with self.top():
            if os.path.isdir(self.kept):
                self.remove(self.kept)

    def is_root(self):
        return self.subvolume == '/.patchwarden/%s-back' % self.name

    def become_root(self):
        """At the next boot, with all that we know by now: what is on disk when this returns goes on there."""
        import shutil
        with self.top():
            if not os.path.isdir(self.next):
                self.btrfs('subvolume', 'snapshot', self.kept, self.next)
            area = self.next + '/var/lib/patchwarden'
            shutil.rmtree(area + '.new', ignore_errors=True)
            ended = self.host.run(['cp', '-a', '--reflink=auto', '/var/lib/patchwarden', area + '.new'], 120)
            if ended.code != 0:
                raise OSError('our own state cannot be carried over: ' + ended.out[:300])
            shutil.rmtree(area)
            os.rename(area + '.new', area)
            os.sync()
            self.btrfs('subvolume', 'set-default', self.next)

# ---------------------------------------------------------------------------------------------------------- watching

class Cpu(object):
    """CPU seconds of this host without our own: of all processes in its PID namespace with what they waited for, or of
    those on the root directory, where that is not the running system."""

    def __init__(self, host):
        self.host, self.last = host, self.look(host)

    @staticmethod
    def look(host):
        calls = float(text_of(os.path.join(host.area, 'own-cpu')) or 0)  # of those who ask how far we are
        used, tick = {0: -calls} if host.live else {}, os.sysconf('SC_CLK_TCK')
        for pid in all_pids():
            words = proc_stat(pid) if host.live or host.mine(pid) else None
            if words:
                used[pid, words[19]] = sum(map(int, words[11:15 if host.live else 13])) / tick
        return time.monotonic(), used

    def rate(self):
        """Cores used since the last call; None when that cannot be told."""
        (before, old), (now, new) = self.last, self.look(self.host)
        self.last = now, new
        if self.host.live:
            used = sum(new.values()) - sum(old.values())
        else:  # processes that ended took what they had used with them
            used = sum(max(0.0, value - old.get(key, 0.0)) for key, value in new.items())
        rate = used / (now - before) if 0.2 < now - before < 60 else None
        return None if rate is None or rate < -0.05 or rate > 4096 else max(0.0, rate)

def take_samples(host, name, watch):
    """CPU before the change, until there are enough. One process at a time; the next goes on where it ended."""
    path, longest = host.path('samples', name + '.json'), 2 * watch.get('sampleSeconds', 300) + 60
    lock = flock(host.path('samples', name + '.lock'), longest)
    known, end, cpu = load(path, {'rates': [], 'seconds': 0.0}), time.monotonic() + longest, Cpu(host)
    while lock and time.monotonic() < end and (known['seconds'] < watch.get('sampleSeconds', 300) or
                                               len(finite(known)) < watch.get('minSamples', 12)):
        since = time.monotonic()
        time.sleep(watch.get('everySeconds', 5))
        known['rates'].append(cpu.rate())
        known['seconds'] += time.monotonic() - since
        durable(path, known)
    if lock:
        lock.close()
    return finite(known)

def finite(samples):
    return sorted(r for r in samples['rates'] if r is not None)

def probe(host, p):
    """good, bad or inconclusive (we could not ask), and why. A probe that hangs is bad: so would a user find it."""
    import http.client, socket, ssl, urllib.parse
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
        # Asked by an address of its own, for health and not for trust.
        how, more = ((http.client.HTTPSConnection, {'context': ssl._create_unverified_context()}) if url.scheme == 'https' else
                     (http.client.HTTPConnection, {}))
        connection = how(url.hostname, url.port, timeout=seconds, **more)
        connection.request('GET', (url.path or '/') + ('?' + url.query if url.query else ''), headers={'Connection': 'close'})
        answer = connection.getresponse()
        body = answer.read(65536).decode('utf-8', 'replace')
        connection.close()
        if answer.status not in p.get('status', [200]):
            return 'bad', 'answers %d' % answer.status
        return ('good', '') if p.get('body', '') in body else ('bad', 'the answer lacks the text')
    except (OSError, http.client.HTTPException) as error:
        ours = isinstance(error, socket.gaierror) or getattr(error, 'errno', None) in (
            errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EADDRNOTAVAIL, errno.ENETUNREACH)
        return 'inconclusive' if ours else 'bad', '%s: %s' % (type(error).__name__, error)
    except (ValueError, KeyError) as error:
        return 'inconclusive', 'no usable probe: %s' % error

def ask(host, probes):
    """All probes at once → kind, and words of the first that is not good."""
    import threading
    begin, found = time.monotonic(), {}
    threads = [threading.Thread(target=lambda p=p: found.__setitem__(p['id'], probe(host, p)), daemon=True) for p in probes]
    for thread in threads:
        thread.start()
    for p, thread in zip(probes, threads):
        thread.join(max(0, begin + p.get('timeoutSeconds', 5) + 1 - time.monotonic()))
    results = [(p['id'],) + found.get(p['id'], ('bad', 'no answer in time')) for p in probes]
    for worse in ('bad', 'inconclusive'):
        for name, kind, words in results:
            if kind == worse:
                return kind, 'probe %s: %s' % (name, words)
    return 'good', ''

class Files(object):
    """Managed files by what they may be: as before, or as the new package has them. Many images leave out what is only
    for reading (dpkg's path-exclude, rpm's nodocs): that may be absent."""

    def __init__(self, host, manifest):
        self.host, self.seen = host, {}
        self.allowed = {path: {new, manifest['before'].get(path, new), None if READING.match(path) else new}
                        for path, new in manifest['new'].items() if path not in manifest['ignored']}

    def judge(self, etc=True):
        """Files whose inode did not change are not read again."""
        for path in [p for p in self.allowed if etc or not p.startswith('/etc/')]:
            real = self.host.real(path)
            try:
                info = os.lstat(real)
                sign = (info.st_ino, info.st_size, info.st_mtime_ns, info.st_ctime_ns, info.st_mode)
            except OSError:
                sign = 'none'
            if self.seen.get(path) != sign and digest(real) not in self.allowed[path]:
                raise Bad('file', '%s is neither what it was nor what the package has' % path)
            self.seen[path] = sign

class Load(object):
    """Judges the CPU against the time before."""

    YET = 'too few CPU samples yet'

    def __init__(self, host, watch, before):
        self.cpu, self.watch, self.before, self.high = watch and Cpu(host), watch, before, []
        self.limit = watch and max(watch.get('factor', 3) * before, watch.get('floorCores', 0.25))
        self.words, self.looked = self.YET if watch else '', time.monotonic()

    def judge(self):
        """Why that is inconclusive now; empty when it is good."""
        now = time.monotonic()
        if self.watch and now - self.looked >= min(self.watch.get('everySeconds', 5), CPU_EVERY):
            self.looked, rate = now, self.cpu.rate()
            self.high = self.high + [now] if rate is not None and rate > self.limit else []
            self.words = 'the CPU could not be read' if rate is None else 'the CPU is high' if self.high else ''
            if len(self.high) >= CPU_BAD:
                raise Bad('cpu', '%.2f cores, and %.2f were the median before' % (rate, self.before), self.high[0])
        return self.words

# ------------------------------------------------------------------------------------------------- a run, and its steps

class Run(object):
    def __init__(self, host, name):
        self.host, self.name, self.family = host, name, host.family()
        self.file, self.log = host.path('receipts', name + '.json'), host.path('receipts', name + '.log')
        self.state, self.order = load(self.file), load(host.path('orders', name + '.json'))
        self.receipt, self.packages = self.state['receipt'], self.order['packages']
        self.counted = self.load = None  # of this worker: monotonic seconds of its last sample, and what it knows of the CPU

    def save(self, **more):
        for key, value in more.items():
            (self.receipt if key in self.receipt else self.state)[key] = value
        durable(self.file, self.state)

    def step(self, name, phase=None):
        """Written down before it begins and when it ends."""
        steps, begin = self.receipt['steps'], time.monotonic()
        entry = {'step': name, 'try': 1 + sum(s['step'] == name for s in steps), 'started': instant(), 'ended': None,
                 'seconds': None, 'outcome': None, 'detail': ''}
        steps.append(entry)
        self.save(phase=phase or self.receipt['phase'])
        outcome, caught = 'ok', None
        try:
            detail = getattr(self, name.replace('-', '_'))() or ''
        except Skip as reason:
            outcome, detail = 'skipped', str(reason)
        except (Bad, Refused, OSError) as error:
            outcome, detail, caught = 'failed', str(error), error
            if isinstance(error, Bad) and name in STEPS:
                self.remember(error)
        entry.update(ended=instant(), seconds=round(time.monotonic() - begin, 3), outcome=outcome, detail=detail[:2000])
        if caught is None and name in STEPS:
            self.state['done'].append(name)
        self.save()
        if caught is not None:
            raise caught

    def sample(self):
        watch = self.order['cpu']
        if watch is None:
            raise Skip('the order does not want the CPU watched')
        rates = take_samples(self.host, self.name, watch)
        if len(rates) < watch.get('minSamples', 12):
            raise Refused('only %d CPU samples could be taken before the change' % len(rates), check='cpu')
        median = (rates[(len(rates) - 1) // 2] + rates[len(rates) // 2]) / 2.0
        self.save(cpuBefore=median)
        return '%d samples, median %.3f cores' % (len(rates), median)

    def precheck(self):
        host, who = self.host, self.family.wait_idle(LOCK_SECONDS)
        if who:
            raise Refused('%s, for more than %d s' % (who, LOCK_SECONDS))
        self.as_ordered()
        files = [host.inside(self.family.staged(p)) for p in self.packages + self.order['predecessors']]
        need = self.family.need(files[:len(self.packages)]) + (64 << 20)
        if host.free() < need:
            raise Refused('%d MiB free where packages are unpacked, and %d MiB are needed' % (host.free() >> 20, need >> 20))
        for _ in range(3):  # what cannot be told before the change cannot be told after it either
            kind, words = ask(host, self.order['probes'])
            if kind == 'good':
                return
            time.sleep(1)
        raise Refused('not healthy before the change: ' + words)

    def as_ordered(self):
        """Compare and swap: what the order was made for is still so."""
        installed, late = self.family.installed(), too_late(self.order)
        for p in self.packages:
            have = [i.version for i in self.family.standing(installed, p)]
            if p['from'] is not None and bare(p['from']) not in have or p['from'] is None and bare(p['version']) in have:
                words = p['name'], ', '.join(have) or 'absent', p['from']
                raise Refused('%s is %s here, and the order was made for %s' % words)
            if self.family.held(installed, p):
                raise Refused('held by the host itself: ' + p['name'])
        if late:
            raise Refused(late)
        return installed

    def mend(self):
        if not self.family.interrupted():
            raise Skip('nothing is half-configured')
        ended, installed = self.family.mend(self.log), self.family.installed()
        # What a file of this order replaces may stay broken until then.
        if self.family.torn() or self.family.unfinished() - {self.family.key(installed, p) for p in self.packages}:
            raise Refused('what was left half-configured cannot be finished: ' + last_words(ended), phase='failed')
        self.as_ordered()

    def predecessor(self, p):
        """The file of what is installed now, and where the restore point keeps it."""
        for q in self.order['predecessors']:
            if p['from'] is not None and (q['name'], bare(q['version'])) == (p['name'], bare(p['from'])):
                return q, self.host.path('restore', self.name, 'files', self.family.file_name(q))
        return None, None

    def restore_point(self):
        """Predecessors, copies of configuration, and what every file was: verified by reading back."""
        import shutil
        family, host, installed = self.family, self.host, self.family.installed()
        snapshot, policy = Snapshot(host, self.name), self.order['restore']
        why = snapshot.why_not()
        if policy == 'snapshot' and why:
            raise Refused('this host has no snapshot to go back to (%s), and the order wants one' % why)
        upgraded = [p for p in self.packages if p['from'] is not None]
        missing = [p['name'] for p in upgraded if not self.predecessor(p)[0]]
        if missing and policy != 'none' and (why or self.order['reboot'] == 'never'):
            raise Refused('no file of the installed version of %s, so there would be no way back' % ', '.join(missing))
        back = [self.predecessor(p) for p in upgraded if p['name'] not in missing]
        for q, path in back:
            shutil.copyfile(family.staged(q), path)
        before, new, ignored = {}, {}, set()
        for p in upgraded:
            for path, stated in family.owned(family.key(installed, p)).items():
                value = digest(host.real(path))
                if value is not None:
                    before[path] = value
                if value is not None and stated and not path.startswith('/etc/'):
                    if stated != (value if len(stated) == 64 else digest(host.real(path), 'md5')):
                        ignored.add(path)  # altered long before us: its own scripts may do that
        for p in self.packages:
            new.update(family.contents(host.inside(family.staged(p))))
        copies = []
        for path in sorted(path for path in set(before) | set(new) if path.startswith('/etc/') and digest(host.real(path))):
            copies.append({'path': path, 'copy': host.path('restore', self.name, 'conf', str(len(copies)))})
            copy_whole(host.real(path), copies[-1]['copy'])
            before[path] = digest(copies[-1]['copy'])
        manifest = {'before': before, 'missing': missing, 'new': new, 'ignored': sorted(ignored & set(new)), 'conf': copies,
                    'kernel': os.uname().release, 'running': sorted(host.running()), 'failed': sorted(host.units('failed'))}
        durable(host.path('restore', self.name, 'manifest.json'), manifest)
        os.sync()
        if self.manifest != manifest or any(digest(path) != q['sha256'] for q, path in back):
            raise Refused('the restore point does not read back as it was written', phase='failed')
        if not why:
            snapshot.make(before)
        self.save(restorePoint='btrfs' if not why else 'none' if missing else 'package', phase='prepared')
        return '%d predecessors, %d configuration files, %d files known%s' % (
            len(back), len(copies), len(new), '' if why else ', a snapshot of the root')

    @property
    def manifest(self):
        return load(self.host.path('restore', self.name, 'manifest.json'))

    def touched(self):
        """Files of the old packages and of the new ones."""
        return set(self.manifest['before']) | set(self.manifest['new'])

    def install(self):
        family, host, resumed = self.family, self.host, self.receipt['changed']
        limit = self.order.get('installSeconds', INSTALL_SECONDS)
        who = family.wait_idle(limit if resumed else LOCK_SECONDS)
        if who and resumed:
            self.end_leftovers()
            who = family.wait_idle(10)
        if who:
            raise Bad('maintainer-script', 'left over and without an end: ' + who) if resumed else Refused(who, phase='failed')
        installed = family.installed() if resumed else self.as_ordered()
        if resumed and family.interrupted():
            # Whose unpacking was cut off is unpacked again, out of its own file.
            cut = [p for p in self.packages if any(i.cut_off for i in family.standing(installed, p))]
            ended = family.mend(self.log, [host.inside(family.staged(p)) for p in cut])
            if ended.code != 0:
                raise Bad('maintainer-script', last_words(ended))
            installed = family.installed()
        todo = [p for p in self.packages if not family.has(installed, p, p['version'])]
        files = [host.inside(family.staged(p)) for p in todo]  # the SHA-256 of what is installed, right before
        if todo and not resumed:
            found, wanted = family.simulate(files), sorted('%s=%s' % (p['name'], bare(p['version'])) for p in todo)
            for key, words in (('needs', 'needs: '), ('removes', 'would remove: ')):
                if found[key]:
                    raise Refused(words + ', '.join(found[key]))
            if found['problem'] or found['installs'] != wanted:
                raise Refused(found['problem'] or 'the package manager would install ' + ', '.join(found['installs']))
        host.forbid_services(True)
        self.save(changed=True, installed=self.state.get('installed') or time.monotonic())
        for argv in family.install(todo, files) if todo else []:
            ended = host.run(argv, limit, log=self.log, started=self.began)
            self.state['sessionEnd'] = time.monotonic()
            if ended.code != 0 or family.blame(ended.out):
                self.install_failed(ended, family.blame(ended.out))
        fresh = [family.word(p) for p in self.packages if p['fresh']]  # there for others only
        if fresh:
            host.run(family.AUTO + fresh, 60)
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
            except Refused:
                raise Bad('verify', words)
            self.save(changed=False)
            raise Refused('nothing was changed: ' + words, phase='failed')
        names = [p['sha256'] for p in self.packages if p['name'] in culprits]
        script = culprits and 'No space left' not in ended.out or ended.code == -9
        raise Bad('maintainer-script' if script else 'verify', words, culprit=names[0] if len(names) == 1 else None)

    def restart(self):
        if not self.host.systemd:
            raise Skip('no service manager runs here; services are left alone')
        self.save(affected=sorted(self.restart_units()))
        self.restart_now(self.state['affected'])
        return ', '.join(self.state['affected']) or 'nothing runs the old files'

    def restart_units(self):
        """Units with a process on deleted files, those that the packages ship and that began before, and needrestart's."""
        host, manifest = self.host, self.manifest
        units, stuck = host.stale(self.touched())
        for unit in self.shipped() & set(manifest['running']):
            said = host.run(['systemctl', 'show', '-p', 'ActiveEnterTimestampMonotonic', unit], 10).out
            since = said.strip().rpartition('=')[2]
            if since.isdigit() and int(since) / 1e6 < self.state['installed']:
                units.add(unit)
        if host.has('needrestart'):
            said = host.run(['needrestart', '-b', '-r', 'l'], 40).out
            units.update(re.findall(r'^NEEDRESTART-SVC: (\S+\.service)$', said, re.M))
        unsafe = {u for u in units if UNSAFE.match(u)}
        if stuck or any(not OTHERS.match(u) for u in unsafe):
            self.save(rebootRequired=True)
        return units - unsafe

    def shipped(self):
        return {os.path.basename(p) for p in self.manifest['new'] if p.endswith('.service') and '/systemd/system/' in p}

    def keep_off(self, on):
        """What the new packages start may be what boots the host, and would be quicker than any way back. A condition that
        is never met lets maintainer scripts enable and restart it as ever."""
        units = self.state.get('off', [])
        for folder in [FOLDER + unit + '.d' for unit in units]:
            if on:
                os.makedirs(folder, 0o755, exist_ok=True)
                durable(folder + '/patchwarden.conf', b'[Unit]\nConditionPathExists=/var/lib/patchwarden/never\n')
            else:
                remove(folder + '/patchwarden.conf')
                if not os.listdir(folder):
                    os.rmdir(folder)
        if on and units:
            self.host.run(['systemctl', 'daemon-reload'], 30)
            self.host.run(['systemctl', 'stop', '--no-block'] + units, 10)

    def restart_now(self, units):
        host = self.host
        host.reread(units)
        for unit in units:
            host.run(['systemctl', 'try-restart', unit] if unit else ['systemctl', 'daemon-reexec'], 45, log=self.log)
        self.judge_units(units, 'did not come back')

    def judge_units(self, units, words):
        dead = set(units) & self.host.units('failed') - set(self.manifest['failed'])
        if dead:
            raise Bad('verify', '%s %s' % (', '.join(sorted(dead)), words))

    def reboot(self):
        policy, host, kernels = self.order['reboot'], self.host, self.family.kernels(self.packages)
        wanted = host.live and bool(self.receipt['rebootRequired'] or host.reboot_wanted() or self.family.reboot_hint()
                                    or kernels and os.uname().release not in kernels)
        self.save(rebootRequired=wanted)
        if policy == 'never' or policy == 'if-required' and not wanted or not host.systemd:
            raise Skip('a reboot is wanted, and the order forbids it' if wanted else 'none is wanted')
        if host.boot()[1] == self.state.setdefault('rebootFrom', host.boot()[1]):
            self.save(phase='rebooting')
            self.boot_now()
        self.save(rebooted=True, rebootRequired=False, phase='verifying')
        if kernels and os.uname().release not in kernels:
            raise Bad('verify', 'runs the kernel %s and not %s' % (os.uname().release, ', '.join(sorted(kernels))))
        return 'booted'

    def boot_now(self):
        ended = self.host.run(['systemctl', 'reboot'], 30)
        time.sleep(120)  # this process ends with the system
        raise Bad('verify', 'the host does not reboot: ' + ended.out[:300])

    def verify(self):
        host = self.host
        if self.not_as('version'):
            raise Bad('verify', '%s not installed as ordered' % ', '.join(self.not_as('version')))
        Files(host, self.manifest).judge()
        stuck = host.stale(self.manifest['before'])[1]
        self.save(rebootRequired=bool(stuck or self.receipt['rebootRequired'] or host.reboot_wanted()))
        self.probes(SETTLE_SECONDS)
        return 'still on old files until a reboot: %s' % ', '.join(sorted(stuck)) if stuck else ''

    def not_as(self, key):
        """Packages that are not there, whole, in the version of this name; where that is none, whose new one still is."""
        family, installed = self.family, self.family.installed()
        return [p['name'] for p in self.packages if (family.has(installed, p, p['version']) if p[key] is None else not (
            family.has(installed, p, p[key]) and family.whole(installed, p)))]

    def probes(self, patience):
        """Bad when they are so for that long, or hung once. After a boot there is some time that is not counted.
        → kind, words, and whether they were bad for a moment"""
        first, flapping = None, False
        while True:
            asked = time.monotonic()
            kind, words = ask(self.host, self.order['probes'])
            now = time.monotonic()
            if kind == 'good':
                self.state.pop('booted', None)
            if kind != 'bad':
                return kind, words, flapping
            flapping = True
            if now - self.state.get('booted', -BOOT_SECONDS) >= BOOT_SECONDS:
                first = first or now
                if now - first >= patience or now - asked > max(patience, HUNG_SECONDS):
                    raise Bad('probe', words, first)
            time.sleep(0.5)

    def soak(self):
        return self.observe('soaked', self.order['soakSeconds'], 2)

    def watch(self):
        if self.receipt['phase'] != 'kept':
            kind, words = self.state['last']
            self.conclude('kept', kind, 'none', 'healthy through the soak' if kind == 'good' else
                          'the soak ended inconclusive: ' + words)
        return self.observe('watched', self.order['watchSeconds'], 5)

    def observe(self, key, seconds, every):
        """Looks until so many seconds have passed, over all starts of the worker, and the host is well: when the soak ends,
        and for so many seconds at a stretch when the watch does. Both say so when that takes too long."""
        soaking, passed, begin = key == 'soaked', self.state.get(key, 0.0), time.monotonic()
        most = 2 * seconds + 60 if soaking else seconds and max(3 * seconds, WATCH_SECONDS)
        files, saved, looked = Files(self.host, self.manifest), begin, begin - FILES_EVERY
        self.load = self.load or Load(self.host, self.order['cpu'], self.state.get('cpuBefore'))
        while True:
            self.requests(soaking)
            kind, words, flapping = self.probes(FLAP_SECONDS)
            busy = self.load.judge()
            if kind == 'good' and (flapping or busy):
                kind, words = 'inconclusive', 'flapping: a probe was bad for a moment' if flapping else busy
            if time.monotonic() - looked >= FILES_EVERY:
                looked = time.monotonic()
                files.judge(etc=soaking)
                if soaking:
                    self.judge_units(self.state.get('affected', []), 'failed')
            broken = words != Load.YET and self.count(kind == 'good')
            self.state['last'], now = (kind, words), time.monotonic()
            done = self.state[key] = passed + now - begin
            if broken or now - saved > 10:
                saved = now
                try:
                    self.save()
                except OSError:
                    pass  # a disk that is full for a while is no reason to take a good version back
            streak = done if soaking else (self.receipt['watch'] or {}).get('healthySeconds', 0)
            left = seconds - min(done, streak)
            if left <= 0 and kind == 'good':
                return ''
            if done >= most:
                return 'over after %d s, healthy for %d s at a stretch%s' % (done, streak, words and '; ' + words)
            time.sleep(min(every, max(0.2, left)) if left > 0 else every)

    def count(self, good):
        """The healthy streak: the unbroken run of good samples. Time without a worker counts for nothing, and a clock that
        is set back starts it anew, as does any sample that is not good. → whether that ended one"""
        now, told, seen = time.monotonic(), instant(), self.receipt['watch'] or {'until': '', 'samples': 0}
        goes_on = good and seen['until'] <= told and seen['samples'] > 0
        broken, gap = seen['samples'] > 0 and not goes_on, now - self.counted if goes_on and self.counted is not None else 0
        if not goes_on:
            seen = {'since': told, 'samples': 0, 'healthySeconds': 0}
        seen.update(until=told, samples=seen['samples'] + good,
                    healthySeconds=round(seen['healthySeconds'] + min(gap, GAP_SECONDS), 3))
        self.counted, self.receipt['watch'] = now, seen
        return broken

    def requests(self, soaking):
        asked = load(self.host.path('orders', self.name + '.restore'))
        if asked:
            raise Bad('order', asked['reason'])
        if not soaking and os.path.exists(self.host.path('orders', self.name + '.stop')):
            raise Skip('a newer order began')

    # -- the way back

    def remember(self, bad):
        now = time.time()
        self.state['bad'] = {'check': bad.check, 'reason': str(bad), 'culprit': bad.culprit, 'first': bad.first, 'decided': now,
                             'boot': self.host.boot()[1], 'since': now - (time.monotonic() - bad.first)}

    def take_back(self):
        """By packages, twice; then by the snapshot and a boot, where there is one and the order allows it."""
        bad, state, point = self.state['bad'], self.state, self.receipt['restorePoint']
        if point in (None, 'none'):
            return self.conclude('unrestored', 'bad', bad['check'], bad['reason'] + '; there is no restore point, as the order allows')
        state.setdefault('why', 'nobody keeps the old packages')
        ways = ['packages'] * (0 if self.manifest['missing'] else 2) + ['snapshot'] * (point == 'btrfs')
        while state.setdefault('restoreTries', 0) < len(ways):
            way = state['way'] = ways[state['restoreTries']]
            if way == 'snapshot' and self.why_no_boot():
                state['why'] += '; ' + self.why_no_boot()
                break
            try:
                self.step('restore', 'restoring')
                self.step('restore-verify')
                words = '; packages could not take it back (%s), the snapshot did, with a reboot' % state['why']
                return self.conclude('restored', 'good' if bad['check'] == 'order' else 'bad', bad['check'],
                                     bad['reason'] + (words if way == 'snapshot' else ''))
            except (Bad, Refused, OSError) as error:
                # With the packages back and the probe still bad, another try by packages would only take time.
                enough = point == 'btrfs' and isinstance(error, Bad) and error.check == 'probe'
                self.save(restoreTries=2 if enough else state['restoreTries'] + 1, why=str(error))
        self.conclude('unrestored', 'bad', bad['check'], bad['reason'] + '; not taken back: ' + state['why'])

    def why_no_boot(self):
        if self.order['reboot'] == 'never':
            return 'the snapshot would bring it back with a reboot, which the order forbids'
        if 'soak' in self.state['done'] and self.order['restore'] != 'snapshot':
            return 'the snapshot is from before the soak, and what was written since would be lost with it'
        return None

    def restore_by_snapshot(self):
        snapshot = Snapshot(self.host, self.name)
        if snapshot.is_root():
            self.save(rebooted=True, rebootRequired=False)
            self.host.run(['systemctl', 'is-system-running', '--wait'], BOOT_SECONDS)
            self.state['booted'] = time.monotonic()
            return 'the snapshot is the root'
        if self.state.get('backFrom', self.host.boot()[1]) != self.host.boot()[1]:
            raise Bad('verify', 'the host booted, and not into the snapshot')
        self.save(backFrom=self.host.boot()[1])
        snapshot.become_root()
        self.boot_now()

    def restore(self):
        if self.state['way'] == 'snapshot':
            return self.restore_by_snapshot()
        family, host, manifest = self.family, self.host, self.manifest
        self.keep_off(True)
        self.end_leftovers()
        who = family.wait_idle(20)
        if who:
            raise Bad('verify', who)
        host.forbid_services(True)
        installed, files, gone = family.installed(), [], []
        for p in self.packages if self.differs() else []:
            q, path = self.predecessor(p)
            if q and not family.beside(p):
                if digest(path) != q['sha256']:
                    raise Bad('verify', '%s was altered' % path)
                files.append(host.inside(path))
            elif family.has(installed, p, p['version']):
                gone.append(p)
        failed = [e for e in [host.run(argv, RESTORE_SECONDS, log=self.log) for argv in
                              (family.take_back(files, gone) if files or gone else [])] if e.code != 0]
        if failed:
            raise Bad('verify', last_words(failed[0]))
        for conf in manifest['conf']:
            self.put_back(conf)
        for path in manifest['new']:
            if path.startswith('/etc/') and path not in manifest['before'] and digest(host.real(path)):
                self.aside(path)
        host.forbid_services(False)
        self.keep_off(False)
        if host.systemd:
            units = self.restart_units() | set(self.state.get('affected', []))
            host.run(['systemctl', 'reset-failed'] + sorted(u for u in units if u), 10)
            old = {os.path.basename(p) for p in manifest['before'] if p.endswith('.service')}
            down = {u for u in set(manifest['running']) & (units | old) - host.running() if not UNSAFE.match(u)}
            host.reread(down)
            self.restart_now(sorted(units - down))
            for unit in sorted(down):
                host.run(['systemctl', 'start', unit], 30, log=self.log)
        return '%d packages, %d removed' % (len(files), len(gone))

    def differs(self):
        """What is not as it was."""
        before = {path: value for path, value in self.manifest['before'].items() if path not in self.manifest['ignored']}
        return self.not_as('from') + [path for path, value in before.items() if digest(self.host.real(path)) != value]

    def aside(self, path):
        """What stands in the way is kept for people."""
        import shutil
        real = self.host.real(path)
        if os.path.lexists(real):
            shutil.move(real, self.host.path('restore', self.name, 'replaced', path.strip('/').replace('/', '%')))
        return real

    def put_back(self, conf):
        path, value = conf['path'], self.manifest['before'][conf['path']]
        if digest(self.host.real(path)) != value:
            if digest(conf['copy']) != value:
                raise Bad('verify', 'the copy of %s was altered' % path)
            os.makedirs(os.path.dirname(self.host.real(path)), exist_ok=True)
            copy_whole(conf['copy'], self.aside(path))

    def restore_verify(self):
        host, manifest, differs = self.host, self.manifest, self.differs()
        if differs:
            raise Bad('verify', '%s: not what it was' % ', '.join(differs[:5]))
        down = set(manifest['running']) & set(self.state.get('affected', [])) - host.running()
        if host.systemd and down:
            raise Bad('verify', '%s does not run' % ', '.join(sorted(down)))
        kind, _, _ = self.probes(SETTLE_SECONDS)
        bad = self.state['bad']
        if bad['check'] == 'cpu':
            load_now, end = Load(host, self.order['cpu'], self.state['cpuBefore']), time.monotonic() + 20
            while load_now.judge() and time.monotonic() < end:
                time.sleep(0.5)
        stuck = host.stale(self.touched())[1] | ({'the kernel'} if os.uname().release != manifest['kernel'] else set())
        if stuck and self.state.get('rebooted'):
            self.save(rebootRequired=True)
            words = ', '.join(sorted(stuck))
            raise Bad('verify', 'the packages are back, and it needs a reboot: %s still runs the new version' % words)
        seconds = time.monotonic() - bad['first'] if bad['boot'] == host.boot()[1] else time.time() - bad['since']
        self.save(restoredAt=instant(), healthy=round(seconds, 3) if kind == 'good' else None)

    def conclude(self, phase, kind, check, reason):
        """Ends the run, but for the watch after `kept`. What went bad here is quarantined first."""
        bad, back = self.state.get('bad'), self.state.get('restoredAt') if phase == 'restored' else None
        seconds = self.state.get('healthy') if phase == 'restored' else None
        if phase in ('restored', 'unrestored') and kind == 'bad' and 'No space left' not in reason:
            main = [p['sha256'] for p in self.packages if not p['fresh']] or [p['sha256'] for p in self.packages]
            culprits, known = sorted([bad['culprit']] if bad and bad['culprit'] else main), load(self.host.path('quarantine'), [])
            if culprits not in [k['set'] for k in known]:
                durable(self.host.path('quarantine'), known + [{'set': culprits, 'run': self.name, 'reason': reason[:500]}])
        if phase == 'unrestored' and self.state.get('off'):
            reason += '; kept off by patchwarden.conf in ' + ', '.join(FOLDER + unit + '.d' for unit in self.state['off'])
        if phase == 'kept' and self.receipt['rebootRequired'] and self.host.live:
            self.host.want_reboot([p['name'] for p in self.packages])
        log = digest(self.log)
        self.save(phase=phase, log='sha256:' + log if log else None,
                  logTail=last_words(Ended(0, text_of(self.log, 64 << 20)[-65536:])) if log else '', verdict={
                      'kind': kind, 'reason': reason[:2000], 'check': check, 'firstBad': instant(bad['since']) if bad else None,
                      'decided': instant(bad['decided']) if bad else None, 'restored': back,
                      'healthy': back if seconds is not None else None, 'secondsToHealthy': seconds})

    # -- the worker

    def awake(self):
        """Counts this boot, before anything of it can end it again. A version that boots its host again and again is bad.
        -> boots that nobody ordered"""
        state, receipt, (boot, exact) = self.state, self.receipt, self.host.boot()
        fresh, receipt['bootId']['now'] = state['boots'][-1] != exact, boot
        if fresh:
            state['boots'].append(exact)
            state['booted'] = time.monotonic()  # services start at their own pace
        unplanned = len(state['boots']) - 1 - ('rebootFrom' in state) - ('backFrom' in state)
        if unplanned >= MAX_BOOTS and receipt['changed'] and 'soak' not in state['done'] and not state.get('bad'):
            self.remember(Bad('verify', 'the host booted %d times by itself' % unplanned))
            state['off'] = sorted(u for u in self.shipped() if self.host.systemd and not UNSAFE.match(u))
        if fresh:
            self.save()
        if state.get('off') and receipt['phase'] in OPEN:
            self.keep_off(True)
        return unplanned

    def work(self):
        """Whatever happens, the run ends in a named state."""
        state, receipt, host = self.state, self.receipt, self.host
        remember_execution(host, self.name, receipt['order'])
        unplanned = self.awake()
        state['starts'] += 1
        for entry in receipt['steps']:
            if entry['ended'] is None:
                entry.update(ended=instant(), outcome='interrupted')
        self.save(pid=os.getpid())
        try:
            if 'soak' not in state['done'] and (state['starts'] > MAX_STARTS or unplanned > 2 * MAX_BOOTS):
                raise RuntimeError('gave up after %d starts and %d boots' % (state['starts'], unplanned))
            if receipt['phase'] in OPEN + ('kept',):
                self.go_on()
        except Exception as error:
            ended = ('unrestored', 'bad') if receipt['changed'] else ('failed', 'inconclusive')
            self.conclude(ended[0], ended[1], 'verify', '%s: %s' % (type(error).__name__, error))
        host.forbid_services(False)
        if receipt['restorePoint'] == 'btrfs' and receipt['phase'] != 'unrestored':
            try:
                Snapshot(host, self.name).forget()
            except OSError:
                pass  # the next run removes it
        self.save(over=True)
        forget_unit(host, self.name)

    def go_on(self):
        try:
            for name, phase in STEPS.items():
                if name not in self.state['done'] and not self.state.get('bad'):
                    self.step(name, phase)
        except Bad:
            pass  # the step remembers it
        except (Refused, OSError) as error:
            if not self.receipt['changed']:
                why = error if isinstance(error, Refused) else Refused(str(error), 'host-failed')
                return self.conclude(why.phase, 'inconclusive', why.check, str(why))
            self.remember(Bad('verify', str(error)))
        if self.state.get('bad'):
            self.take_back()

# ------------------------------------------------------------------------------------------------- starting a worker

FOLDER = '/etc/systemd/system/'
UNIT = {'worker': '[Unit]\nDescription=Patchwarden run %s\n[Service]\nExecStart=%s\nRestart=on-failure\nRestartSec=1\n'
                  'KillMode=process\nSendSIGKILL=no\nStandardInput=null\n',
        # Earlier than all that packages start: what reboots at once would be quicker than the worker.
        'boot': '[Unit]\nDescription=Patchwarden run %s, at a boot\nDefaultDependencies=no\nAfter=local-fs.target\n'
                'Before=basic.target\n[Service]\nType=oneshot\nExecStart=%s\nTimeoutStartSec=30\nStandardInput=null\n'}

def unit_of(name, verb):
    return 'patchwarden-%s%s.service' % (name[:16], '' if verb == 'worker' else '-' + verb)

def install_unit(unit, text):
    path, link = FOLDER + unit, FOLDER + 'multi-user.target.wants/' + unit
    if text_of(path) != text or not os.path.lexists(link):
        durable(path, text.encode())
        os.makedirs(os.path.dirname(link), exist_ok=True)
        remove(link)
        os.symlink(path, link)

def start(host, name, verb='worker'):
    """In a session of its own, so that losing ssh or the controller harms nothing. Where there is systemd it is a unit:
    woken after a kill (its package manager is left alone) and after a boot, which another one counts."""
    helper = host.path('helper', load_helper(host, name) + '.py')
    call = [sys.executable or '/usr/bin/python3', '-I', helper] + ([] if host.live else ['--root', host.root])
    argv = call + [verb, name]
    if host.systemd and verb == 'worker':
        if host.stopping():
            return  # it would do all again and hold up the shutdown; the boot wakes one
        for v in UNIT:
            install_unit(unit_of(name, v), UNIT[v] % (name[:16], ' '.join(call + [v, name])) + '[Install]\nWantedBy=multi-user.target\n')
        begin = ['systemctl', 'start', '--no-block', unit_of(name, verb)]
        # A unit that was never seen before needs no daemon-reload, which takes long.
        if host.run(begin, 30).code == 0 or host.reread() and host.run(begin, 30).code == 0:
            return
    with open(host.path('receipts', name + '.err'), 'ab') as err:
        subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=err, stderr=err, env=ENV, cwd='/', start_new_session=True)

def forget_unit(host, name):
    for unit in [unit_of(name, verb) for verb in UNIT] if host.systemd else ():
        remove(FOLDER + unit)
        remove(FOLDER + 'multi-user.target.wants/' + unit)

def load_helper(host, name):
    """A run is carried out by the helper that accepted its order, even when a newer one is pushed meanwhile."""
    value = load(host.path('receipts', name + '.json'), {}).get('helper') or HELPER
    if digest(host.path('helper', value + '.py')) != value:
        durable(host.path('helper', value + '.py'), SOURCE)
    return value

def executed(host, name):
    return re.search('^' + name, text_of(host.path('executed'), 64 << 20), re.M)

def remember_execution(host, name, order):
    """For ever, and before anything is done: receipts are cleaned away, and no run is begun twice."""
    if not executed(host, name):
        with open(host.path('executed'), 'ab') as file:  # only ever longer
            file.write(('%s %s %s\n' % (name, order, instant())).encode())
            to_disk(file)
        sync_folder(host.area)

def worker(host, name):
    lock = flock(host.path('receipts', name + '.lock'), 3)  # a caller that looks holds it for a moment
    if lock and not load(host.path('receipts', name + '.json')).get('over'):
        Run(host, name).work()

def boot(host, name):
    lock = flock(host.path('receipts', name + '.lock'))
    if lock and not load(host.path('receipts', name + '.json')).get('over'):
        Run(host, name).awake()

def sampler(host, name):
    take_samples(host, name, load(host.path('samples', name + '.order.json'))['cpu'])

# ------------------------------------------------------------------------------------------------------------- verbs

def name_of(run_):
    if not isinstance(run_, str) or not run_.startswith('sha256:') or not SHA.match(run_[7:]):
        raise Refused('no run: %r' % (run_,), 'bad-document')
    return run_[7:]

def fence(host, epoch):
    """Every change carries an epoch, and the highest one seen is the only one that may change anything"""
    seen = load(host.path('fence'), 0)
    if not isinstance(epoch, int) or epoch < 1:
        raise Refused('no epoch: %r' % (epoch,), 'bad-document')
    if epoch < seen:
        raise Refused('epoch %d is over: this host has seen %d' % (epoch, seen), 'lease-lost')
    if epoch > seen:
        durable(host.path('fence'), epoch)

def states(host):
    return {name: load(os.path.join(host.area, 'receipts', name + '.json')) for name in host.listed('receipts', '.json')}

def status(host, _=None):
    family, stage, runs, no_snapshot = host.family(), os.path.join(host.area, 'stage'), states(host), Snapshot(host).why_not()
    staged = [s for s in host.listed('stage') if any(not n.endswith('.part') for n in os.listdir(os.path.join(stage, s)))]
    opened = [n for n, s in runs.items() if s['receipt']['phase'] in OPEN]
    bad = {s for entry in load(os.path.join(host.area, 'quarantine'), []) for s in entry['set']}
    return {'apiVersion': API, 'helper': 'sha256:' + HELPER,
            'epoch': load(os.path.join(host.area, 'fence'), 0), 'machineId': text_of(host.real('/etc/machine-id')).strip()[:64],
            'bootId': host.boot()[0], 'clock': instant(), 'freeBytes': host.free(), 'busy': family.busy(),
            'interrupted': family.interrupted(), 'rebootRequired': host.reboot_wanted(),
            'restore': ['package'] if no_snapshot else ['btrfs', 'package'],
            'open': 'sha256:' + opened[0] if opened else None, 'runs': ['sha256:' + n for n in runs][-1000:],
            'quarantined': sorted(bad)[:10000], 'staged': staged[:10000]}

def check_words(family, packages):
    for p in packages:
        if not all(re.match(word, p[key]) for key, word in WORDS[family.name].items()):
            raise Refused('%s cannot name a package file' % json.dumps([p['name'], p['version'], p['arch']]), 'bad-document')

def check_order(host, order):
    family = host.family()
    if order.get('apiVersion') != API or order.get('family') != family.name:
        words = order.get('family'), family.name
        raise Refused('the order is for %s hosts, and this is a %s host' % words, 'bad-document')
    check_words(family, order['packages'] + order['predecessors'])
    return family

SENT = re.compile(r'\.patchwarden-[0-9a-f]{64}\Z')

def stage(host, asked):
    family = host.family()
    check_words(family, [asked])
    path = host.path('stage', asked['sha256'], family.file_name(asked))
    try:
        if digest(path) != asked['sha256']:
            receive(host, asked, path)
    finally:
        if SENT.match(os.path.basename(asked.get('path', ''))):  # what was sent ahead is not needed any more
            remove(asked['path'])
    return {}

def receive(host, asked, path):
    if host.free() < asked['size'] + (16 << 20):
        raise Refused('the disk is full: %d MiB free; free some space' % (host.free() >> 20), 'host-failed')
    if asked.get('url'):
        import urllib.request
    data = (urllib.request.urlopen(asked['url'], timeout=60) if asked.get('url') else
            open(asked['path'], 'rb', opener=plainly) if 'path' in asked else sys.stdin.buffer)
    total, left, end = hashlib.sha256(), asked['size'], time.monotonic() + 1800
    try:
        with open(path + '.part', 'wb') as file:
            for chunk in iter(lambda: data.read(1 << 18), b''):
                left -= len(chunk)
                if left < 0 or time.monotonic() > end:
                    break
                total.update(chunk)
                file.write(chunk)
            to_disk(file)
        if left != 0 or total.hexdigest() != asked['sha256']:
            words = asked['name'], asked['version']
            raise Refused('the bytes of %s %s are not those the lock names' % words, 'digest-mismatch')
        os.rename(path + '.part', path)
        sync_folder(os.path.dirname(path))
    finally:
        remove(path + '.part')

def simulate(host, asked):
    family = check_order(host, asked['order'])
    files = [host.inside(family.staged(p)) for p in asked['order']['packages']]
    return family.simulate(files) if files else {'installs': [], 'removes': [], 'needs': [], 'problem': None}

def sample(host, asked):
    order, name = asked['order'], name_of(asked['order']['run'])
    check_order(host, order)
    watch, known = order['cpu'], load(host.path('samples', name + '.json'), {'rates': [], 'seconds': 0})
    if watch and known['seconds'] < watch.get('sampleSeconds', 300) and not os.path.exists(host.path('receipts', name + '.json')):
        lock = flock(host.path('samples', name + '.lock'))
        if lock:  # nobody takes them yet
            lock.close()
            durable(host.path('samples', name + '.order.json'), order)
            start(host, name, 'sampler')
    return {'seconds': round(known['seconds'], 1), 'samples': len(finite(known))}

def begin(host, order, raw):
    name, value, (boot, exact) = name_of(order['run']), 'sha256:' + hashlib.sha256(raw).hexdigest(), host.boot()
    check_order(host, order)
    path = host.path('receipts', name + '.json')
    fresh = {'apiVersion': API, 'run': order['run'], 'order': value, 'epoch': order['epoch'], 'phase': 'accepted',
             'worker': 'alive', 'steps': [], 'changed': False, 'restorePoint': None, 'verdict': None, 'watch': None,
             'bootId': {'before': boot, 'now': boot}, 'rebootRequired': host.reboot_wanted(), 'log': None, 'logTail': ''}
    if os.path.exists(path):
        if load(path)['receipt']['order'] != value:
            raise Refused('this run was begun with another order')
        return receipt(host, order)
    reason = why_not(host, order, name)
    if reason:  # not kept: the same run may be asked for again when it can be
        times = dict.fromkeys(('firstBad', 'decided', 'restored', 'healthy', 'secondsToHealthy'))
        verdict = dict(times, kind='inconclusive', reason=reason, check='order')
        return dict(fresh, phase='refused', worker='done', verdict=verdict)
    durable(host.path('orders', name + '.json'), raw)
    durable(path, {'receipt': fresh, 'done': [], 'starts': 0, 'boots': [exact], 'helper': load_helper(host, name)})
    start(host, name)
    return told(host, name)

def too_late(order):
    over = order['startBefore'] is not None and time.time() >= seconds_of(order['startBefore'])
    return 'the window for beginning is over (%s)' % order['startBefore'] if over else None

def why_not(host, order, name):
    """Why an order is not begun; None when nothing speaks against it."""
    if executed(host, name):
        return 'this run was executed here before'
    mine, skew = {p['sha256'] for p in order['packages']}, abs(time.time() - seconds_of(order['now']))
    for entry in load(host.path('quarantine'), []):
        if set(entry['set']) <= mine:
            return 'these bytes went bad here before: ' + entry['reason']
    if skew > order['maxClockSkewSeconds']:
        return 'the clocks differ by %d s, and %d are allowed' % (skew, order['maxClockSkewSeconds'])
    if too_late(order):
        return too_late(order)
    for other, state in states(host).items():
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
    """The receipt, and whether somebody works on it."""
    path = host.path('receipts', name + '.json')
    state = load(path)
    lock = None if state.get('over') else flock(host.path('receipts', name + '.lock'))
    if lock:
        lock.close()
    # Between the start and its first word a worker holds no lock yet.
    young = state['starts'] == 0 and time.time() - os.stat(path).st_mtime < 5
    return dict(state['receipt'], worker='done' if state.get('over') else 'dead' if lock and not young else 'alive')

def receipt(host, asked):
    name = name_of(asked['run'])
    if not os.path.exists(host.path('receipts', name + '.json')):
        return None
    found = told(host, name)
    if found['worker'] == 'dead':
        start(host, name)
    return found

def restore(host, asked):
    name = name_of(asked['run'])
    path, family = host.path('receipts', name + '.json'), host.family()
    state, order = load(path), load(host.path('orders', name + '.json'))
    if state is None:
        raise Refused('this host never heard of that run')
    phase, point = state['receipt']['phase'], state['receipt']['restorePoint']
    if phase in ('kept', 'verifying', 'soaking') and point in ('package', 'btrfs'):
        installed = family.installed()
        if not all(family.has(installed, p, p['version']) for p in order['packages']):
            raise Refused('the packages have changed since that run')
        durable(host.path('orders', name + '.restore'), {'reason': str(asked['reason'])[:500]})
        lock = flock(host.path('receipts', name + '.lock'))
        if lock:  # nobody watches any more: a worker is woken for the way back
            state = load(path)
            durable(path, dict(state, over=False, done=[s for s in state['done'] if s != 'watch']))
            lock.close()
            start(host, name)
        end = time.monotonic() + 15
        while time.monotonic() < end and load(path)['receipt']['phase'] == phase:
            time.sleep(0.1)
    elif phase not in ('restoring', 'restored', 'refused', 'failed'):
        raise Refused('a run that is %s, with the restore point %s, cannot be taken back now' % (phase, point))
    return told(host, name)

def clean(host, _):
    """Staged files that no open run needs, restore points but the last that may still be used, old receipts."""
    import shutil
    known = states(host)
    newest = sorted(known, key=lambda n: os.stat(host.path('receipts', n + '.json')).st_mtime, reverse=True)
    working = [n for n in newest if not known[n].get('over')]
    kept = working + [n for n in newest if known[n]['receipt']['phase'] in ('kept', 'unrestored')][:3]
    orders = [load(host.path('orders', n + '.json')) for n in working]
    keep = {'stage': {p['sha256'] for o in orders for p in o['packages'] + o['predecessors']}, 'restore': set(kept)}
    for folder, names in keep.items():
        for name in set(host.listed(folder)) - names:
            shutil.rmtree(host.path(folder, name))
    if not working:
        shutil.rmtree(host.path('apt'), ignore_errors=True)
    for name in set(newest[KEEP_RUNS:]) - set(kept):
        for path in glob.glob(glob.escape(host.area) + '/*/%s.*' % name):
            os.unlink(path)
    for value in set(host.listed('helper', '.py')) - {known[n].get('helper') for n in kept}:
        os.unlink(host.path('helper', value + '.py'))
    return {}

VERBS = {'status': status, 'peek': status, 'stage': stage, 'simulate': simulate, 'sample': sample, 'begin': begin,
         'receipt': receipt, 'restore': restore, 'clean': clean}

def answer(host, verb):
    raw = sys.stdin.buffer.readline(1 << 16) if verb == 'stage' else sys.stdin.buffer.read((16 << 20) + 1)
    if len(raw) > 16 << 20:
        raise Refused('more than 16 MiB of input', 'bad-document')
    asked = json.loads(raw.decode() or '{}')
    if verb == 'peek':
        return status(host)
    lock = flock(host.path('lock'), 60)
    if lock is None:
        raise Refused('another call to this host does not end', 'host-failed')
    try:
        fence(host, asked['epoch'])
        return begin(host, asked, raw) if verb == 'begin' else VERBS[verb](host, asked)
    finally:  # what asking costs is not the host's own load
        known = float(text_of(host.path('own-cpu')) or 0)
        with open(host.path('own-cpu'), 'w') as file:
            file.write('%.3f' % (known + sum(os.times()[:4])))
        lock.close()

def main(argv):
    os.umask(0o077)
    root = '/'
    if argv[:1] == ['--root']:
        root, argv = argv[1], argv[2:]
    if argv[:1] in (['worker'], ['boot'], ['sampler']) and SHA.match(argv[1]):
        return {'worker': worker, 'boot': boot, 'sampler': sampler}[argv[0]](Host(root), argv[1])
    if len(argv) != 1 or argv[0] not in VERBS:
        sys.exit(__doc__)
    try:
        said = {'ok': answer(Host(root), argv[0])}
    except Refused as refusal:
        said = {'error': {'code': refusal.code, 'message': str(refusal)}}
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        said = {'error': {'code': 'bad-document', 'message': '%s: %s' % (type(error).__name__, error)}}
    except (OSError, subprocess.SubprocessError) as error:
        said = {'error': {'code': 'host-failed', 'message': str(error)}}
    sys.stdout.write(json.dumps(said, sort_keys=True) + '\n')

if __name__ == '__main__':
    main(sys.argv[1:])
