"""Plays the watch of a run with a clock of its own: argv[1] is the helper, stdin the plan, stdout how it ended.

{"seconds": asked for, "probeSeconds": what asking takes, "from": [[second, kind], ...] what probes are from then on,
 "set": [second, by] the wall clock is set, "dead": [second, second] no worker lives, "paused": [second, seconds],
 "booted": the worker lives since a boot, "cpu": the first look of each worker knows no CPU rate yet}
"""
import copy, importlib.util, json, sys, types

sys.dont_write_bytecode = True
spec = importlib.util.spec_from_file_location('helper', sys.argv[1])
helper = importlib.util.module_from_spec(spec)
spec.loader.exec_module(helper)
plan, real, disk = json.load(sys.stdin), helper.time, {}
START, now = 1700000000, [1000.0]

class Died(Exception):
    pass

def passed():
    return now[0] - 1000

def wall():
    at, by = plan.get('set', [0, 0])
    return START + passed() + (by if passed() >= at else 0)

def sleep(seconds):
    at, more = plan.get('paused', [None, 0])
    now[0] += seconds + (more if at is not None and passed() <= at < passed() + seconds else 0)

def ask(host, probes):
    now[0] += plan.get('probeSeconds', 0)
    return [kind for since, kind in plan.get('from', [[0, 'good']]) if since <= passed()][-1], ''

def requests(soaking):
    if 'dead' in plan and 'reborn' not in plan and passed() >= plan['dead'][0]:
        raise Died()

class Load(object):
    YET = helper.Load.YET

    def __init__(self, *ignored):
        self.words = self.YET if plan.get('cpu') else ''

    def judge(self):
        words, self.words = self.words, ''
        return words

def life(state, receipt):
    run = helper.Run.__new__(helper.Run)
    run.host = run.counted = run.load = None
    run.name, run.order, run.state, run.receipt = 'run', {'probes': [], 'cpu': None}, state, receipt
    run.requests = requests
    run.save = lambda: disk.update(copy.deepcopy({'state': run.state, 'receipt': run.receipt}))
    run.save()
    return run

helper.time = types.SimpleNamespace(monotonic=lambda: now[0], time=wall, sleep=sleep, strftime=real.strftime,
                                    gmtime=lambda s=None: real.gmtime(wall() if s is None else s))
helper.ask, helper.Load = ask, Load
helper.Files = lambda *ignored: types.SimpleNamespace(judge=lambda etc: None)
helper.Run.manifest = None
run = life({'booted': now[0]} if plan.get('booted') else {}, {'watch': None})
try:
    try:
        said = run.observe('watched', plan['seconds'], 5)
    except Died:
        now[0], plan['reborn'] = 1000.0 + plan['dead'][1], True
        run = life(**disk)
        said = run.observe('watched', plan['seconds'], 5)
    ended = 'ok'
except helper.Bad as bad:
    ended, said = 'bad', str(bad)
watch = run.receipt['watch'] or {}
for key in ('since', 'until'):
    if key in watch:
        watch[key] = helper.seconds_of(watch[key]) - START
print(json.dumps({'ended': ended, 'said': said, 'passed': passed(), 'watch': watch}))
