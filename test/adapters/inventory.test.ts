import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandRanges } from '../../src/adapters/inventory-ansible.ts';
import { type InventoryOptions, parseInventory, readInventory } from '../../src/adapters/inventory-file.ts';
import { PatchwardenError } from '../../src/domain/errors.ts';
import { tempDir } from '../support/temp-dir.ts';

const parse = (file: string, text: string, options: InventoryOptions = {}) =>
  parseInventory(text, file, options);

function faultsOf(file: string, text: string, options: InventoryOptions = {}): readonly string[] {
  try {
    parse(file, text, options);
  } catch (error) {
    if (error instanceof PatchwardenError && error.code === 'bad-document') return error.message.split('\n');
    throw error;
  }
  return [];
}

describe('a list of hosts', () => {
  it('names one a line, with user and port where they differ', () => {
    const text = '# all\nweb1\n\n  Web2.example.org:2222 # old\nroot@10.0.0.1\n';
    expect(parse('hosts', text, { labels: { env: 'prod' } })).toEqual([
      { asset: '10.0.0.1', name: '10.0.0.1', host: '10.0.0.1', user: 'root', labels: { env: 'prod' } },
      { asset: 'web1', name: 'web1', host: 'web1', labels: { env: 'prod' } },
      {
        asset: 'web2.example.org',
        name: 'Web2.example.org',
        host: 'Web2.example.org',
        port: 2222,
        labels: { env: 'prod' },
      },
    ]);
    expect(parse('hosts', '')).toEqual([]);
  });

  it('tells every fault with its line, and then is no fleet at all', () => {
    expect(faultsOf('hosts', 'ok\n-oProxyCommand=x\na b\nok\nOK\nx:0\na@b@c\n%h\n')).toEqual([
      'hosts:2: "-oProxyCommand=x" cannot be the id of an asset: at most 63 letters, digits, ".", "_" or "-", starting with a letter or digit',
      'hosts:2: "-oProxyCommand=x" is no host name or address',
      'hosts:3: "a b" is no host: one a line, written [user@]host[:port]',
      'hosts:4: "ok" is already the name of the host in line 1',
      'hosts:5: "ok" is already the name of the host in line 1',
      'hosts:6: "0" is no port',
      'hosts:7: "a@b@c" is no host: one a line, written [user@]host[:port]',
      expect.stringMatching(/^hosts:8: "%h" cannot be the id/),
      'hosts:8: "%h" is no host name or address',
    ]);
    const many = faultsOf('hosts', 'a b\n'.repeat(30));
    expect(many).toHaveLength(21);
    expect(many.at(-1)).toBe('and 10 more');
  });
});

describe('a CSV inventory', () => {
  it('has labels in its further columns', () => {
    const text =
      '\uFEFFasset,host,port,user,env,role\r\nweb1,10.0.0.1,2222,ops,prod,"front, ""edge"""\r\n\r\nweb2,,,,,db\r\n';
    expect(parse('fleet.csv', text)).toEqual([
      {
        asset: 'web1',
        name: 'web1',
        host: '10.0.0.1',
        port: 2222,
        user: 'ops',
        labels: { env: 'prod', role: 'front, "edge"' },
      },
      { asset: 'web2', name: 'web2', host: 'web2', labels: { role: 'db' } },
    ]);
  });

  it('gives only the labels that are chosen, where some are', () => {
    const text = 'asset,Stage,note\nweb1,prod,"two\nlines"\nweb2,test,x';
    const hosts = parse('x', text, { format: 'csv', labelsFrom: { env: 'Stage' } });
    expect(hosts.map((h) => h.labels)).toEqual([{ env: 'prod' }, { env: 'test' }]);
  });

  it.each<[string, readonly string[]]>([
    ['', ['f.csv:1: there is no header line; it names the columns, such as asset,host,env']],
    ['host\na\n', ['f.csv:1: the header names no column "asset"']],
    ['asset,env,env\na,b,c\n', ['f.csv:1: the header names the column "env" twice']],
    [
      'asset,Env\na,b\n',
      ['f.csv:1: the column "Env" cannot be a label: lower-case letters, digits, ".", "_" and "-"'],
    ],
    [
      'asset,env\na\nb,c,d\n',
      [
        'f.csv:2: the line has 1 cells, and the header names 2',
        'f.csv:3: the line has 3 cells, and the header names 2',
      ],
    ],
    ['asset\n"x\n', ['f.csv:2: a quoted cell has no end, or something follows its closing quote']],
    ['asset,env\n"a"b,c\n', ['f.csv:2: a quoted cell has no end, or something follows its closing quote']],
    [
      'asset,env\n"a\nb",c\nd,e,f\n',
      [
        expect.stringMatching(/^f\.csv:2: "a\\u\{a\}b" cannot be/),
        expect.any(String),
        'f.csv:4: the line has 3 cells, and the header names 2',
      ],
    ],
    [`asset,env\na,${'x'.repeat(201)}\n`, ['f.csv:2: the label env is longer than 200 characters']],
  ])('%j has faults', (text, faults) => expect(faultsOf('f.csv', text)).toEqual(faults));

  it('names a column that labelsFrom wants and nobody has', () => {
    expect(faultsOf('f.csv', 'asset\na\n', { labelsFrom: { env: 'stage' } })).toEqual([
      'f.csv:1: the label env comes from the column "stage", which the header does not name',
    ]);
  });
});

const EXPECTED = [
  { asset: 'db-a', name: 'db-a', host: '10.1.0.1', user: 'dba', labels: { env: 'prod', tier: 'data' } },
  { asset: 'db-b', name: 'db-b', host: 'db-b', user: 'dba', labels: { env: 'prod', tier: 'data' } },
  { asset: 'lonely', name: 'lonely', host: 'lonely', port: 2222, user: 'ops', labels: { tier: 'none' } },
  { asset: 'web01', name: 'web01', host: 'web01', user: 'ops', labels: { env: 'prod', tier: 'front' } },
  { asset: 'web02', name: 'web02', host: 'web02', user: 'ops', labels: { env: 'test', tier: 'front' } },
  {
    asset: 'win1',
    name: 'win1',
    host: 'win1',
    user: 'ops',
    labels: { tier: 'none' },
    unsupported: 'ansible_connection is "winrm"',
  },
];
const CHOSEN = { labelsFrom: { env: 'stage', tier: 'tier' } };

describe('an Ansible inventory', () => {
  it('in INI: ranges, groups, and the variables in force', () => {
    const text = `lonely:2222
win1 ansible_connection=winrm
[web]
web[01:02]   # two
web02 stage='test'
[db]
db-[a:b]
db-a ansible_host="10.1.0.1" ; no="comment"
[prod:children]
web
db
[prod:vars]
stage = prod
ansible_user=nobody
[web:vars]
tier=front
[db:vars]
ansible_user=dba
tier="data"
[all:vars]
ansible_user=ops
tier=none
`.replace(' ; no="comment"', '');
    const hosts = parse('hosts.ini', text.replace('ansible_user=nobody\n', ''), CHOSEN);
    expect(hosts).toEqual(EXPECTED);
    const nobody = parse('hosts.ini', text, CHOSEN).map((h) => h.user);
    expect(nobody).toEqual(['dba', 'dba', 'ops', 'nobody', 'nobody', 'ops']);
  });

  it('in YAML: the same', () => {
    const text = `all:
  vars: {ansible_user: ops, tier: none, list: [1, 2], secret: !vault "x"}
  hosts:
    lonely: {ansible_port: 2222}
    win1:
      ansible_connection: winrm
  children:
    prod:
      vars: &prod
        stage: prod
      children:
        web:
          vars: {tier: front}
          hosts:
            web[01:02]:
            web02: {stage: test}
        db:
          vars: {ansible_user: dba, tier: data, ignored: *prod}
          hosts:
            db-[a:b]:
    db:
      hosts:
        db-a:
          ansible_host: 10.1.0.1
`;
    expect(parse('hosts.yml', text, CHOSEN)).toEqual(EXPECTED);
    expect(parse('hosts', text, { ...CHOSEN, format: 'ansible' })).toEqual(EXPECTED);
  });

  it.each<[string, string, readonly unknown[]]>([
    ['hosts.ini', '[web\nx\n', ['hosts.ini:1: "[web" is neither a host nor a [group]']],
    ['hosts.ini', 'a "b\n', ['hosts.ini:1: "a \\"b" is neither a host nor a [group]'.replace('\\', '')]],
    ['hosts.ini', 'a b\n', ['hosts.ini:1: "b" is no variable, written name=value']],
    ['hosts.ini', '[g:vars]\nx\n', ['hosts.ini:2: "x" is no variable, written name=value']],
    ['hosts.ini', 'web[9:1]\n', ['hosts.ini:1: "[9:1]" is no range such as [01:20] or [a:f]']],
    ['hosts.ini', '[a:children]\nb\n[b:children]\na\n', [expect.stringContaining('a child of itself')]],
    [
      'hosts.ini',
      'a ansible_host="{{ ip }}"\n',
      ['hosts.ini:1: ansible_host of "a" is a template, which only Ansible can fill in; write the value'],
    ],
    ['h.yml', 'all: [a]\n', ['h.yml:1: the group "all" is no map, written as "name:" lines']],
    [
      'h.yml',
      'all:\n  host: {a: }\n',
      ['h.yml:2: "host" of the group "all" is none of hosts, vars and children'],
    ],
    [
      'h.yml',
      'all:\n  hosts:\n    a:\n    a:\n',
      [expect.stringMatching(/^h\.yml:3: Map keys must be unique/)],
    ],
    ['h.yml', 'all:\n\t- x', [expect.stringMatching(/^h\.yml:2: /), expect.anything()]],
    [
      'h.yml',
      'all:\n  hosts:\n    ? [a]\n    : b\n',
      [expect.stringMatching(/a name in .* is no plain text/)],
    ],
  ])('%s: %j has faults', (file, text, faults) => {
    const found = faultsOf(file, text);
    expect(found.slice(0, faults.length)).toEqual(faults.slice(0, found.length));
    expect(found.length).toBeGreaterThan(0);
  });

  it('does not follow names into prototypes, nor aliases into memory', () => {
    const [host] = parse('h.yml', 'all:\n  hosts:\n    a: {__proto__: 1, constructor: 2}\n', {
      labelsFrom: { x: '__proto__', y: 'constructor', z: 'toString' },
    });
    expect(host?.labels).toEqual({ x: '1', y: '2' });
    const lines = ['a0: &a0 {hosts: {a: , b: }}'];
    for (let i = 1; i < 9; i += 1)
      lines.push(
        `a${i}: &a${i} {children: {${Array.from({ length: 10 }, (_, k) => `g${i}${k}: *a${i - 1}`).join(', ')}}}`,
      );
    expect(faultsOf('h.yml', `${lines.join('\n')}\n`)).toContainEqual(
      expect.stringContaining('aliases make the inventory larger'),
    );
  });
});

describe('a YAML inventory nested without end', () => {
  it.each(['[', '{a: ', '- '])('by %j is refused', (open) => {
    expect(faultsOf('h.yml', `all: ${open.repeat(50_000)}`).length).toBeGreaterThan(0);
  });
});

describe('ranges of hosts', () => {
  it.each<[string, readonly string[]]>([
    ['a', ['a']],
    ['web[01:03]', ['web01', 'web02', 'web03']],
    ['w[9:11].x', ['w9.x', 'w10.x', 'w11.x']],
    ['w[0:10:5]', ['w0', 'w5', 'w10']],
    ['w[:2]', ['w0', 'w1', 'w2']],
    ['[a:c]-[1:2]', ['a-1', 'a-2', 'b-1', 'b-2', 'c-1', 'c-2']],
  ])('%s', (pattern, names) => expect(expandRanges(pattern)).toEqual(names));

  it.each(['w[3:1]', 'w[a:3]', 'w[1:]', 'w[1:999999999]', 'w[1:400][1:400]', 'w[1:5:0]'])('%s is none', (p) =>
    expect(typeof expandRanges(p)).toBe('string'),
  );
});

describe('any inventory', () => {
  it('gives hosts that ssh can be asked for, or faults, whatever the text', () => {
    const word = fc.constantFrom(
      'a',
      'web[1:3]',
      ':',
      '=',
      '[g]',
      '"',
      ',',
      '\n',
      ' ',
      '- ',
      '&x',
      '*x',
      '{',
      '#',
      '%',
    );
    const texts = fc.array(fc.oneof(word, fc.string()), { maxLength: 30 }).map((w) => w.join(''));
    fc.assert(
      fc.property(fc.constantFrom('h', 'h.csv', 'h.ini', 'h.yml'), texts, (file, text) => {
        try {
          for (const { asset, host } of parse(file, text)) {
            expect(asset).toMatch(/^[a-z0-9][a-z0-9._-]{0,62}$/);
            expect(host).toMatch(/^[A-Za-z0-9:._-]+$/);
          }
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad-document' });
        }
      }),
      { numRuns: 500 },
    );
  });

  it('is read from a file, and says when it cannot', async () => {
    const dir = tempDir();
    writeFileSync(join(dir, 'h.txt'), 'b\na\n');
    expect((await readInventory(join(dir, 'h.txt'))).map((h) => h.asset)).toEqual(['a', 'b']);
    writeFileSync(join(dir, 'bad'), Buffer.from([0xff, 0xfe]));
    for (const name of ['none', 'bad', '.'])
      await expect(readInventory(join(dir, name))).rejects.toMatchObject({ code: 'source-failed' });
  });
});
