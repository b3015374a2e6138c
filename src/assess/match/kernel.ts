import type { Component } from '../../domain/component.ts';
import { compareVersions, isVersion } from '../../domain/version/compare.ts';
import { advisorySource } from './advisory-source.ts';

/** Kernel sources: linux, linux-6.1, linux-aws-6.14, … but not linux-base, linux-firmware or linux-atm. */
const KERNEL_SOURCE =
  /^linux(-\d[\d.]*)?$|^linux-(aws|azure|gcp|gke|gkeop|ibm|intel-iotg|kvm|lowlatency|nvidia|oem|oracle|raspi|realtime|riscv|hwe|bluefield|xilinx-zynqmp)[a-z0-9.-]*$/;
/** rpm keeps several versions of these side by side; each is a kernel, or a part of one, of its own version. */
export const RPM_KERNELS = '^kernel(?:-rt|-uek|-64k)?(?:-debug)?(?:-core|-modules(?:-core|-extra)?|-devel)?$';
const RPM_KERNEL = new RegExp(RPM_KERNELS);
/** Packages that carry the kernel itself; a metapackage such as linux-image-amd64 carries nothing. */
const IMAGE = /^linux-(?:image|modules)-(?:unsigned-|extra-)?(\d.*?)(?:-unsigned)?$/;

export interface KernelChoice {
  /** Components whose vulnerabilities count. */
  readonly judged: readonly Component[];
  /** Kernels that are installed but do not run: they tell whether a reboot would fix it. */
  readonly waiting: readonly Component[];
  /** Other packages of a kernel's source (headers, metapackages, tools): they carry no kernel that could run. */
  readonly passedOver: readonly Component[];
  /** Kernels beside which a newer one of the same name is installed: an update is one of that, not of these. */
  readonly superseded: readonly Component[];
}

/**
 * A kernel's vulnerabilities concern the kernel that runs. Where that is known and installed, only it is judged; else
 * every installed kernel is. Headers, metapackages and tools built from the kernel's source are not the kernel.
 */
export function chooseKernels(components: readonly Component[], runningKernel: string | null): KernelChoice {
  const judged: Component[] = [];
  const waiting: Component[] = [];
  const passedOver: Component[] = [];
  const runs = (c: Component): boolean =>
    RPM_KERNEL.test(c.name) ? isRunningRpm(c, runningKernel) : IMAGE.exec(c.name)?.[1] === runningKernel;
  const runningIsHere = components.some((c) => isKernelSource(c) && runs(c));
  const runningRpms = new Set(
    components.flatMap((c) => (RPM_KERNEL.test(c.name) && runs(c) ? [c.name] : [])),
  );
  for (const component of components) {
    if (RPM_KERNEL.test(component.name)) {
      if (runningRpms.has(component.name) && !runs(component)) waiting.push(component);
      else judged.push(component);
    } else if (!isKernelSource(component)) judged.push(component);
    else if (!IMAGE.test(component.name)) passedOver.push(component);
    else if (runningIsHere && !runs(component)) waiting.push(component);
    else judged.push(component);
  }
  return { judged, waiting, passedOver, superseded: olderRpms(components) };
}

function olderRpms(components: readonly Component[]): readonly Component[] {
  const kernels = components.filter((c) => RPM_KERNEL.test(c.name) && isVersion('rpm', c.version));
  return kernels.filter((c) =>
    kernels.some(
      (k) => k.name === c.name && k.arch === c.arch && compareVersions('rpm', k.version, c.version) > 0,
    ),
  );
}

/** `uname -r` of an rpm kernel is version, release and architecture of its package; a flavour comes behind a plus. */
const isRunningRpm = (c: Component, runningKernel: string | null): boolean =>
  runningKernel !== null &&
  `${c.version.replace(/^\d+:/, '')}.${c.arch}` === runningKernel.replace(/\+[a-z0-9]+$/, '');

/** True for what a reboot into another kernel replaces. */
export const isKernel = (c: Component): boolean => RPM_KERNEL.test(c.name) || isKernelSource(c);

const isKernelSource = (c: Component): boolean =>
  c.sourcePackage !== null && KERNEL_SOURCE.test(advisorySource(c.sourcePackage, '').name);
