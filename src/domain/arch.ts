/** Whether packages of this architecture run everywhere: `all` in the words of dpkg, `noarch` in those of rpm. */
export const isArchIndependent = (arch: string): boolean => arch === 'all' || arch === 'noarch';

/** Whether one package can stand for the other: the same architecture, or one that became, or stopped being, independent. */
export const archFits = (a: string, b: string): boolean =>
  a === b || isArchIndependent(a) || isArchIndependent(b);
