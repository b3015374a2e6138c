"""Stands in front of ssh and of `git push` on the PATH of one controller, and ends a process by SIGKILL at one moment of one call.

usage: kill-front.py LANE ssh|git ARGS…      LANE/trace: the calls so far, by name        LANE/plan: what to end, and when
                                             LANE/struck: it was ended                    LANE/host: process id of the host's first process
"""
import json, os, re, signal, subprocess, sys, time

lane, program, args = sys.argv[1], sys.argv[2], sys.argv[3:]
real = '/usr/bin/' + program


def path(name):
    return os.path.join(lane, name)


def text(name):
    try:
        with open(path(name)) as file:
            return file.read()
    except OSError:
        return ''


def command(pid):
    try:
        with open('/proc/%s/cmdline' % pid, 'rb') as file:
            return file.read().replace(b'\0', b' ').decode('utf-8', 'replace').strip()
    except OSError:
        return ''


def processes():
    return [name for name in os.listdir('/proc') if name.isdigit()]


def on_host():
    """Processes of the host but its first one: of its PID namespace, seen from outside."""
    def space(pid):
        try:
            return os.readlink('/proc/%s/ns/pid' % pid)
        except OSError:
            return None
    first = text('host').strip()
    return [pid for pid in processes() if pid != first and space(pid) == space(first)]


def name_of(data):
    """What the call is for, in the words of the helper and of the evidence."""
    if program == 'git':
        return 'lease' if any('refs/patchwarden/lease' in a for a in args) else 'evidence'
    words = args[args.index('--') + 2:] if '--' in args else []
    if words[:1] == ['sh']:
        return 'look'
    if words[:1] == ['find']:
        return 'tidy'
    if words[:1] in (['pwd'], ['dd'], ['rm']):
        return 'stage-' + words[0]
    found = re.search(rb'"patchwarden_host.py", "(\w+)"', data)
    return found.group(1).decode() if found else 'other'


def kill(pid):
    try:
        os.kill(int(pid), signal.SIGKILL)
    except OSError:
        pass


def strike(who):
    with open(path('struck'), 'x'):
        pass
    if who == 'controller':
        kill(os.getppid())
    elif who == 'ssh':  # the client and the master of the connection, as one
        control = next((a for a in args if a.startswith('ControlPath=/')), None)
        for pid in processes():
            if child and int(pid) == child.pid or control and command(pid).startswith((real, 'ssh')) and os.path.dirname(control) in command(pid):
                kill(pid)
        kill(os.getpid())
    else:  # on the host: sshd's sessions, or the helper that answers
        words = {'sshd': ('sshd', '/usr/sbin/sshd'), 'call': ('/usr/bin/python3 -I -', 'sudo -n')}[who]
        for pid in on_host():
            if command(pid).startswith(words):
                kill(pid)


def at_work():
    """Until what was asked for runs on the host."""
    words = {'look': 'sh -s', 'stage-dd': 'dd of='}.get(kind, '/usr/bin/python3 -I -')
    end = time.monotonic() + 1
    while program == 'ssh' and time.monotonic() < end and kind not in ('stage-pwd', 'tidy'):
        if any(command(pid).startswith(words) for pid in on_host()):
            break
        time.sleep(0.003)
    time.sleep(plan.get('delay', 0.03))


data = sys.stdin.buffer.read() if program == 'ssh' and '--' in args and '-O' not in args else None
if program == 'ssh' and data is None:
    os.execv(real, [real] + args)
kind = name_of(data or b'')
name = '%s %d' % (kind, 1 + sum(line.rsplit(' ', 1)[0] == kind for line in text('trace').splitlines()))
with open(path('trace'), 'a') as file:
    file.write(name + '\n')
plan = json.loads(text('plan') or 'null')
at = plan['moment'] if plan and plan['step'] == name and not os.path.exists(path('struck')) else None
child = None

if at == 'before-intent':
    strike(plan['who'])
    sys.exit(255)
answered = at in ('after-effect', 'after-outcome')
child = subprocess.Popen([real] + args, stdin=None if data is None else subprocess.PIPE, stdout=subprocess.PIPE if answered else None)
if at == 'after-intent':
    if data:
        child.stdin.write(data[:len(data) // 2])
        child.stdin.flush()
    time.sleep(0.15)
    strike(plan['who'])
elif data is not None:
    try:
        child.stdin.write(data)
    except BrokenPipeError:
        pass
if data is not None and not answered:
    try:
        child.stdin.close()
    except BrokenPipeError:
        pass
if at == 'mid-effect':
    at_work()
    strike(plan['who'])
if not answered:
    code = child.wait()
else:
    try:
        out = child.communicate(b'' if data is not None else None)[0]
    except BrokenPipeError:
        out = b''
    code = child.returncode
    if at == 'after-effect':
        strike(plan['who'])
    try:
        sys.stdout.buffer.write(out)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        pass
    if at == 'after-outcome':
        strike(plan['who'])
if code < 0:
    kill(os.getpid())
sys.exit(code)
