import { describe } from 'vitest';
import { fakeFileTree } from '../support/fakes/file-tree.ts';
import { fileTreeConformance } from './file-tree.conformance.ts';

describe('the file tree in memory', () => {
  fileTreeConformance((files) => fakeFileTree(new Map(Object.entries(files))));
});
