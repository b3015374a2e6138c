import { describe, expect, test } from 'vitest';
import type { Checked } from '../../../src/util/tlog/checked.ts';
import { openCheckpoint, signCheckpoint } from '../../../src/util/tlog/checkpoint.ts';
import { hashLeaf, hexOf } from '../../../src/util/tlog/hash.ts';
import { openNote, signNote } from '../../../src/util/tlog/note.ts';
import { formatSigner, parseSigner, parseVerifier, signerOf } from '../../../src/util/tlog/note-keys.ts';

const got = <T>(result: Checked<T>): T => {
  if ('problem' in result) throw new Error(result.problem);
  return result.value;
};
const why = (result: Checked<unknown>): string => ('problem' in result ? result.problem : 'fine');

/** The example of the Go package golang.org/x/mod/sumdb/note; Ed25519 is deterministic, so it must come out byte for byte. */
const GO_SIGNER = 'PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz';
const GO_VERIFIER = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW';
const GO_TEXT =
  "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
const GO_NOTE = `${GO_TEXT}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`;
/** The example of the specification itself. */
const SPEC_VERIFIER = 'example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k';
const SPEC_NOTE =
  'This is an example message.\n\n— example.com/foo Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=\n';

const seed = Buffer.alloc(32, 7);
const signer = got(signerOf('patchwarden.example/log', seed));
const bytes = (text: string) => Buffer.from(text);

describe('keys', () => {
  test('texts round trip', () => {
    expect(got(parseSigner(GO_SIGNER)).verifier.text).toBe(GO_VERIFIER);
    expect(got(parseVerifier(GO_VERIFIER)).id).toBe('c74f20a3');
    expect(got(parseSigner(formatSigner(signer.verifier, seed))).verifier.text).toBe(signer.verifier.text);
  });

  test.each([
    ['no key at all', 'hello'],
    ['another id', GO_VERIFIER.replace('c74f20a3', 'c74f20a4')],
    ['another name', GO_VERIFIER.replace('Peter', 'Paul')],
    ['another signature type', 'PeterNeumann+173116ae+ZRpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'],
    ['a space in the name', GO_VERIFIER.replace('Peter', 'Peter ')],
    ['loose base64', `${GO_VERIFIER}=`],
    ['a key too short', `${GO_VERIFIER.slice(0, -4)}`],
  ])('%s is no verifier', (_, text) => {
    expect(why(parseVerifier(text))).toMatch(/it is no Ed25519|its key id/);
  });

  test('a wrong signing key is refused without showing it', () => {
    for (const text of [GO_VERIFIER, GO_SIGNER.replace('c74f', 'c74e'), GO_SIGNER.slice(0, -1)]) {
      const message = why(parseSigner(text));
      expect(message).toMatch(/it is no Ed25519 signing key|its key id/);
      expect(message).not.toContain('YEKFALVF');
    }
    expect(why(signerOf('a b', seed))).toContain('no key name');
    expect(why(signerOf('', seed))).toContain('no key name');
    expect(why(signerOf('log', seed.subarray(1)))).toContain('31');
  });
});

describe('signed notes', () => {
  test('known answers', () => {
    expect(signNote(GO_TEXT, got(parseSigner(GO_SIGNER)))).toBe(GO_NOTE);
    expect(got(openNote(bytes(GO_NOTE), got(parseVerifier(GO_VERIFIER)))).text).toBe(GO_TEXT);
    expect(got(openNote(bytes(SPEC_NOTE), got(parseVerifier(SPEC_VERIFIER)))).text).toBe(
      'This is an example message.\n',
    );
  });

  test('every flipped bit is noticed', () => {
    const verifier = got(parseVerifier(GO_VERIFIER));
    for (let i = 0; i < bytes(GO_NOTE).length; i += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const copy = bytes(GO_NOTE);
        copy[i] = (copy[i] ?? 0) ^ (1 << bit);
        expect(why(openNote(copy, verifier)), `byte ${i} bit ${bit}`).not.toBe('fine');
      }
    }
  });

  test('a signature by another key is listed, and alone is not enough', () => {
    const other = got(signerOf('other', Buffer.alloc(32, 8)));
    const note = signNote('text\n', signer);
    const cosigned = note + signNote('text\n', other).slice('text\n\n'.length);
    expect(got(openNote(bytes(cosigned), signer.verifier)).signers).toHaveLength(2);
    expect(got(openNote(bytes(cosigned), other.verifier)).text).toBe('text\n');
    expect(why(openNote(bytes(note), other.verifier))).toContain('not signed by the key other+');
  });

  test.each([
    ['no line feed at the end', bytes(GO_NOTE.slice(0, -1))],
    ['no signatures', bytes(GO_TEXT)],
    ['not UTF-8', Buffer.concat([bytes('é\n').subarray(1), bytes(GO_NOTE)])],
    ['a control character', bytes(GO_NOTE.replace('you', 'y\u0007u'))],
    ['too many signatures', bytes(GO_NOTE + '— a AAAAAAAA\n'.repeat(101))],
    ['an empty signature', bytes(`${GO_NOTE}— a AAAAAA==\n`)],
    ['larger than a megabyte', Buffer.alloc(1_000_001, 'a')],
  ])('%s is refused', (_, note) => {
    expect(why(openNote(note, got(parseVerifier(GO_VERIFIER))))).not.toBe('fine');
  });

  test('text that is no lines of text is not signed', () => {
    expect(() => signNote('no end', signer)).toThrow(RangeError);
    expect(() => signNote('a\tb\n', signer)).toThrow(RangeError);
  });
});

describe('checkpoints', () => {
  const root = hashLeaf(bytes('x'));
  const text = (body: string) => bytes(signNote(body, signer));
  const b64 = Buffer.from(root).toString('base64');

  test('round trip, in the three lines of the specification', () => {
    const signed = signCheckpoint(12, root, signer);
    expect(signed.split('\n').slice(0, 4)).toEqual(['patchwarden.example/log', '12', b64, '']);
    const opened = got(openCheckpoint(bytes(signed), signer.verifier));
    expect([opened.origin, opened.size, hexOf(opened.root)]).toEqual([signer.verifier.name, 12, hexOf(root)]);
  });

  test.each([
    ['another origin', text(`other\n12\n${b64}\n`), 'its origin'],
    ['a leading zero', text(`patchwarden.example/log\n012\n${b64}\n`), 'three lines'],
    ['a size beyond counting', text(`patchwarden.example/log\n${'9'.repeat(16)}\n${b64}\n`), 'three lines'],
    ['a short root', text('patchwarden.example/log\n12\nAAAA\n'), 'three lines'],
    ['loose base64', text(`patchwarden.example/log\n12\n${b64}=\n`), 'three lines'],
    ['an extension line', text(`patchwarden.example/log\n12\n${b64}\nextra\n`), 'three lines'],
    [
      'a second signature',
      Buffer.concat([text(`patchwarden.example/log\n12\n${b64}\n`), bytes('— a AAAAAAAA\n')]),
      'other keys',
    ],
  ])('%s is refused', (_, note, message) => {
    expect(why(openCheckpoint(note, signer.verifier))).toContain(message);
  });
});
