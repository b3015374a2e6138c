import type { Component } from '../../domain/component.ts';
import { advisorySource } from './advisory-source.ts';

/** Kernel sources: linux, linux-6.1, linux-aws-6.14, … but not linux-base, linux-firmware or linux-atm. */
const KERNEL_SOURCE =
  /^linux(-\d[\d.]*)?$|^linux-(aws|azure|gcp|gke|gkeop|ibm|intel-iotg|kvm|lowlatency|nvidia|oem|oracle|raspi|realtime|riscv|hwe|bluefield|xilinx-zynqmp)[a-z0-9.-]*$/;
/** Packages that carry the kernel itself; a metapackage such as linux-image-amd64 carries nothing. */
const IMAGE = /^linux-(?:image|modules)-(?:unsigned-|extra-)?(\d.*?)(?:-unsigned)?$/;

export interface KernelChoice {
  /** Components whose vulnerabilities count. */
  readonly judged: readonly Component[];
  /** Kernels that are installed but do not run: they tell whether a reboot would fix it. */
  readonly waiting: readonly Component[];
  /** Other packages of a kernel's source (headers, metapackages, tools): they carry no kernel that could run. */
  readonly passedOver: readonly Component[];
}

/**
 * A kernel's vulnerabilities concern the kernel that runs. Where that is known and installed, only it is judged; else
 * every installed kernel is. Headers, metapackages and tools built from the kernel's source are not the kernel.
 */
export function chooseKernels(components: readonly Component[], runningKernel: string | null): KernelChoice {
  const judged: Component[] = [];
  const waiting: Component[] = [];
  const passedOver: Component[] = [];
  const runs = (c: Component): boolean => IMAGE.exec(c.name)?.[1] === runningKernel;
  const runningIsHere = components.some((c) => isKernelSource(c) && runs(c));
  for (const component of components) {
    if (!isKernelSource(component)) judged.push(component);
    else if (!IMAGE.test(component.name)) passedOver.push(component);
    else if (runningIsHere && !runs(component)) waiting.push(component);
    else judged.push(component);
  }
  return { judged, waiting, passedOver };
}

const isKernelSource = (c: Component): boolean =>
  c.sourcePackage !== null && KERNEL_SOURCE.test(advisorySource(c.sourcePackage, '').name);
