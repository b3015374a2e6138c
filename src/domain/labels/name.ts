/** The grammar of labels, as the schemas have it: no quotes, and no two names that differ in case alone. */
const LABEL = /^[a-z][a-z0-9._-]{0,62}$/;

export const isLabelName = (name: string): boolean => LABEL.test(name);
