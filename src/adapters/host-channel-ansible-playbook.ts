/** One call of the helper on one host of an inventory. */
export interface AnsibleCall {
  readonly host: string;
  /** The program that runs there: it carries helper and request. */
  readonly program: string;
  readonly payload: { readonly bytes: Uint8Array; readonly path: string } | null;
}

/**
 * A playbook as data (JSON is YAML): hand the program over on standard input, keep what it says. Everything that differs
 * between hosts lies in files named after them, so that nothing of it is ever a template.
 */
export function playbookOf(
  calls: readonly AnsibleCall[],
  { dir, python }: { readonly dir: string; readonly python: string },
): readonly unknown[] {
  const staged = calls.filter((c) => c.payload !== null);
  const where = (c: AnsibleCall) => `inventory_hostname == '${c.host}'`;
  const packages = staged.map((c) => ({
    name: `Bring a package to ${c.host}`,
    'ansible.builtin.copy': { src: `${dir}/${c.host}.payload`, dest: c.payload?.path, mode: '0600' },
    when: where(c),
  }));
  const cleaned = staged.map((c) => ({
    name: `Remove it from ${c.host}`,
    'ansible.builtin.file': { path: c.payload?.path, state: 'absent' },
    when: where(c),
  }));
  return [
    {
      name: 'Patchwarden',
      hosts: calls.map((c) => c.host).join(','),
      gather_facts: false,
      become: true,
      strategy: 'free',
      tasks: [
        ...packages,
        {
          name: 'Ask the helper',
          'ansible.builtin.command': {
            argv: [python, '-I', '-'],
            stdin: `{{ lookup('ansible.builtin.file', '${dir}/' + inventory_hostname + '.py', rstrip=False) }}`,
            stdin_add_newline: false,
          },
          register: 'said',
          changed_when: false,
        },
        {
          name: 'Keep the answer',
          'ansible.builtin.copy': {
            content: '{{ said.stdout }}',
            dest: `${dir}/{{ inventory_hostname }}.answer`,
            mode: '0600',
          },
          delegate_to: 'localhost',
          become: false,
          changed_when: false,
        },
        ...cleaned,
      ],
    },
  ];
}
