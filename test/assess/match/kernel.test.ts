import { describe, expect, it } from 'vitest';
import { chooseKernels, isKernel } from '../../../src/assess/match/kernel.ts';
import { aComponent } from '../../support/builders/intel-rows.ts';

const kernel = (name: string, sourcePackage = 'linux-signed-amd64') =>
  aComponent({ name, sourcePackage, version: '6.1.90-1' });
const names = (components: readonly { readonly name: string }[]) => components.map((c) => c.name);

describe('kernels', () => {
  const installed = [
    kernel('linux-image-6.1.0-18-amd64'),
    kernel('linux-image-6.1.0-20-amd64'),
    kernel('linux-image-amd64'),
    kernel('linux-headers-6.1.0-20-amd64', 'linux'),
    kernel('linux-libc-dev', 'linux'),
    kernel('linux-base', 'linux-base'),
    aComponent(),
  ];

  it('the running one is judged, a newer one waits, headers and metapackages are passed over', () => {
    const choice = chooseKernels(installed, '6.1.0-18-amd64');
    expect(names(choice.judged)).toEqual(['linux-image-6.1.0-18-amd64', 'linux-base', 'libc6']);
    expect(names(choice.waiting)).toEqual(['linux-image-6.1.0-20-amd64']);
    expect(names(choice.passedOver)).toEqual([
      'linux-image-amd64',
      'linux-headers-6.1.0-20-amd64',
      'linux-libc-dev',
    ]);
  });

  it.each([null, '6.8.0-cloud'])(
    'all are judged where the running one is %s, unknown or not from here',
    (running) => {
      const choice = chooseKernels(installed, running);
      expect(names(choice.judged).filter((n) => n.includes('image'))).toEqual([
        'linux-image-6.1.0-18-amd64',
        'linux-image-6.1.0-20-amd64',
      ]);
      expect(choice.waiting).toEqual([]);
    },
  );

  it('Ubuntu has modules, unsigned images and flavours', () => {
    const ubuntu = [
      kernel('linux-image-5.15.0-69-generic', 'linux-signed'),
      kernel('linux-image-unsigned-5.15.0-69-generic', 'linux'),
      kernel('linux-modules-extra-5.15.0-69-generic', 'linux'),
      kernel('linux-modules-6.2.0-1009-aws', 'linux-aws-6.2'),
      kernel('linux-firmware', 'linux-firmware'),
    ];
    const choice = chooseKernels(ubuntu, '5.15.0-69-generic');
    expect(names(choice.judged)).toEqual([...names(ubuntu.slice(0, 3)), 'linux-firmware']);
    expect(names(choice.waiting)).toEqual(['linux-modules-6.2.0-1009-aws']);
  });

  it('nothing is lost', () => {
    const { judged, waiting, passedOver } = chooseKernels(installed, '6.1.0-18-amd64');
    expect([...judged, ...waiting, ...passedOver]).toHaveLength(installed.length);
  });
});

describe('kernels of rpm hosts', () => {
  const rpm = (name: string, version: string) =>
    aComponent({ name, version, arch: 'x86_64', sourcePackage: 'kernel', sourceVersion: version });
  const installed = [
    rpm('kernel-core', '5.14.0-427.el9'),
    rpm('kernel-core', '5.14.0-503.el9'),
    rpm('kernel-devel', '5.14.0-503.el9'),
    rpm('kernel-headers', '5.14.0-427.el9'),
    rpm('kernel-tools', '5.14.0-427.el9'),
  ];
  const of = (components: readonly { readonly name: string; readonly version: string }[]) =>
    components.map((c) => `${c.name} ${c.version.slice(7, 10)}`);

  it('of several versions the running one is judged, by version, release and architecture', () => {
    const choice = chooseKernels(installed, '5.14.0-427.el9.x86_64');
    expect(of(choice.judged)).toEqual([
      'kernel-core 427',
      'kernel-devel 503',
      'kernel-headers 427',
      'kernel-tools 427',
    ]);
    expect(of(choice.waiting)).toEqual(['kernel-core 503']);
    expect(choice.passedOver).toEqual([]);
    expect(of(choice.superseded)).toEqual(['kernel-core 427']);
  });

  it.each([null, '6.1.0-1-amd64', '5.14.0-1.el9.x86_64'])('%s runs: all are judged', (running) =>
    expect(chooseKernels(installed, running).judged).toHaveLength(5),
  );

  it('a flavour of the running version is that version', () =>
    expect(of(chooseKernels(installed, '5.14.0-503.el9.x86_64+rt').waiting)).toEqual(['kernel-core 427']));

  it('only what a reboot replaces is a kernel', () =>
    expect(installed.map(isKernel)).toEqual([true, true, true, false, false]));
});
