import { describe, expect, it } from 'vitest';
import { chooseKernels } from '../../../src/assess/match/kernel.ts';
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
