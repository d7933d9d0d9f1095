// MD5, which Swift's rings are built on: where an object lives is the beginning of the digest of its name. Written out here because the simulated
// floors use nothing of the machine they run on, and machines in FIPS mode refuse MD5.
// @source RFC 1321
import { sinTurns } from "./elementary.ts";

const TWO_PI = 6.283185307179586;
const ROTATIONS = [7, 12, 17, 22, 5, 9, 14, 20, 4, 11, 16, 23, 6, 10, 15, 21] as const;
/** The whole part of 2^32 |sin i| for i = 1 to 64, as the RFC defines its table; a test holds the digests against Node's. */
const SINES = Int32Array.from({ length: 64 }, (_, i) => Math.floor(Math.abs(sinTurns((i + 1) / TWO_PI)) * 4294967296) | 0);

const utf8 = new TextEncoder();

/** The digest as four words, in the order of its bytes: the first word holds the first four bytes, the first byte on top. */
export type Digest = readonly [number, number, number, number];

/** The digest of a text in UTF-8. */
export function md5(text: string): Digest {
  const words = padded(utf8.encode(text));
  let [a0, b0, c0, d0] = [0x67452301, 0xefcdab89 | 0, 0x98badcfe | 0, 0x10325476];
  for (let block = 0; block < words.length; block += 16) {
    let [a, b, c, d] = [a0, b0, c0, d0];
    for (let i = 0; i < 64; i++) {
      let mixed: number;
      let word: number;
      if (i < 16) [mixed, word] = [(b & c) | (~b & d), i];
      else if (i < 32) [mixed, word] = [(d & b) | (~d & c), (5 * i + 1) & 15];
      else if (i < 48) [mixed, word] = [b ^ c ^ d, (3 * i + 5) & 15];
      else [mixed, word] = [c ^ (b | ~d), (7 * i) & 15];
      const sum = (a + mixed + SINES[i]! + words[block + word]!) | 0;
      const by = ROTATIONS[(i >> 4) * 4 + (i & 3)]!;
      [a, d, c, b] = [d, c, b, (b + ((sum << by) | (sum >>> (32 - by)))) | 0];
    }
    [a0, b0, c0, d0] = [(a0 + a) | 0, (b0 + b) | 0, (c0 + c) | 0, (d0 + d) | 0];
  }
  return [bigEndian(a0), bigEndian(b0), bigEndian(c0), bigEndian(d0)];
}

/** 32 hexadecimal digits. */
export function hexDigest(digest: Digest): string {
  return digest.map((word) => word.toString(16).padStart(8, "0")).join("");
}

/** Little-endian words of the message, a 1, zeros, and its length in bits. */
function padded(bytes: Uint8Array): Int32Array {
  const words = new Int32Array(((bytes.length + 8) >>> 6) * 16 + 16);
  for (let i = 0; i < bytes.length; i++) words[i >> 2]! |= bytes[i]! << ((i & 3) * 8);
  words[bytes.length >> 2]! |= 0x80 << ((bytes.length & 3) * 8);
  words[words.length - 2] = (bytes.length * 8) | 0;
  words[words.length - 1] = Math.floor(bytes.length / 536870912);
  return words;
}

function bigEndian(word: number): number {
  return ((word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24)) >>> 0;
}
