// Logarithm, exponential, power, sine and log-gamma that give the same bits on every machine. ECMAScript leaves the last bits of its own to the
// engine, and engines have changed them between patch releases; IEEE 754 fixes + - * / and sqrt exactly, so everything here is built from those
// and from the bits of a double. Arguments are reduced to a small interval, where Taylor series (Stirling's for log-gamma) do the rest.

const asDouble = new Float64Array(1);
const asWords = new Uint32Array(asDouble.buffer);
asDouble[0] = 1;
/** Position of the word with sign and exponent: 1 on little-endian machines, 0 on big-endian ones. */
const HIGH = asWords[1] === 0 ? 0 : 1;

// ln 2 in two parts. The first ends in 21 zero bits, so its product with any binary exponent is exact.
const LN2_HIGH = 0.6931471803691238;
const LN2_LOW = 1.9082149292705877e-10;
/** Only picks the nearest power of two, so its last bits do not matter. */
const ONE_OVER_LN2 = 1 / LN2_HIGH;
const TWO_POW_MINUS_54 = 1 / 18014398509481984;
const SMALLEST_NORMAL = 2.2250738585072014e-308;
/** First 20 bits after the point of sqrt(2): mantissas above it are halved, so that they lie around 1. */
const SQRT2_MANTISSA = 0x6a09e;
const LOG_OF_SQRT_2_PI = 0.9189385332046728;

/** 2^k at index k + 1074, for every power of two that a double can hold. */
const POWERS_OF_TWO = new Float64Array(2098);
for (let index = 0, power = Number.MIN_VALUE; index < POWERS_OF_TWO.length; index++, power *= 2) POWERS_OF_TWO[index] = power;

/** The k for which x = 2^k m, m between sqrt(1/2) and sqrt(2); x > 0 and normal. */
function binaryExponent(x: number): number {
  asDouble[0] = x;
  const high = asWords[HIGH]!;
  return (high >>> 20) - 1023 + ((high & 0xfffff) >= SQRT2_MANTISSA ? 1 : 0);
}

/** Natural logarithm within 1 ulp. `log(0)` is -Infinity; of a negative number or NaN it is NaN. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? -Infinity : Number.NaN;
  if (x === Infinity) return x;
  const shift = x < SMALLEST_NORMAL ? 54 : 0;
  const normal = x * POWERS_OF_TWO[1074 + shift]!;
  const e = binaryExponent(normal);
  const m = normal * POWERS_OF_TWO[1074 - e]!;
  const k = e - shift;
  // log m = 2 atanh(s) = 2s + s tail, s = (m - 1) / (m + 1); with f = m - 1 exact and 2s = f - s f the leading term carries no error.
  const f = m - 1;
  const s = f / (f + 2);
  const z = s * s;
  const w = z * z;
  const even = 2 / 3 + w * (2 / 7 + w * (2 / 11 + w * (2 / 15 + w * (2 / 19))));
  const odd = 2 / 5 + w * (2 / 9 + w * (2 / 13 + w * (2 / 17 + w * (2 / 21))));
  return k * LN2_HIGH - (s * (f - z * (even + z * odd)) - k * LN2_LOW - f);
}

/** e to the power x within 1 ulp, subnormal results correctly scaled. Overflows to Infinity above 709.78, underflows to 0 below -745.13. */
export function exp(x: number): number {
  return expOfSum(x, 0);
}

/** e^(x + low) for a `low` far below the last bit of x: what `pow` needs. */
function expOfSum(x: number, low: number): number {
  if (!(x <= 709.782712893384)) return x > 0 ? Infinity : Number.NaN;
  if (x < -745.1332191019412) return 0;
  // x = k ln 2 + r with |r| <= ln(2) / 2.
  const k = Math.floor(x * ONE_OVER_LN2 + 0.5);
  const high = x - k * LN2_HIGH;
  const rest = k * LN2_LOW - low;
  const r = high - rest;
  const z = r * r;
  const w = z * z;
  const even = 1 / 2 + z / 24 + w * (1 / 720 + z / 40320 + w * (1 / 3628800 + z / 479001600));
  const odd = 1 / 6 + z / 120 + w * (1 / 5040 + z / 362880 + w * (1 / 39916800 + z / 6227020800));
  return scaleByPowerOfTwo(1 - (rest - z * (even + r * odd) - high), k);
}

/** y 2^k, rounded once, for y near 1 and k from -1076 to 1024. */
function scaleByPowerOfTwo(y: number, k: number): number {
  if (k > 1023) return y * 2 * POWERS_OF_TWO[k + 1073]!;
  if (k < -1022) return y * POWERS_OF_TWO[k + 1128]! * TWO_POW_MINUS_54;
  return y * POWERS_OF_TWO[k + 1074]!;
}

/** a * b - product without error, for a `product` that is a * b rounded (Dekker 1971). */
function productError(a: number, b: number, product: number): number {
  const aSplit = 134217729 * a;
  const aHigh = aSplit - (aSplit - a);
  const aLow = a - aHigh;
  const bSplit = 134217729 * b;
  const bHigh = bSplit - (bSplit - b);
  const bLow = b - bHigh;
  return aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
}

/** The rounding error of 2/3 as a double, added back where the logarithm is carried in two doubles. */
const TWO_THIRDS_LOW = 3.700743415417188e-17;

/**
 * x to the power y for x >= 0, within 1 ulp and exact where the result is a double (`pow(10, 2)` is 100). A negative x gives NaN: the models
 * have no use for one. `pow(x, 0)` and `pow(1, y)` are 1.
 */
export function pow(x: number, y: number): number {
  if (y === 0 || x === 1) return 1;
  if (!(x >= 0) || Number.isNaN(y)) return Number.NaN;
  if (x === 0 || x === Infinity) return y > 0 ? Math.abs(x) : 1 / Math.abs(x);
  if (y === Infinity || y === -Infinity) return (x > 1 ? y > 0 : y < 0) ? Infinity : 0;
  // A logarithm rounded to one double would lose as many bits as y log x has before the point, so it is carried in two: logHigh + logLow.
  const shift = x < SMALLEST_NORMAL ? 54 : 0;
  const normal = x * POWERS_OF_TWO[1074 + shift]!;
  const e = binaryExponent(normal);
  const m = normal * POWERS_OF_TWO[1074 - e]!;
  const k = e - shift;
  // s + sLow = (m - 1) / (m + 1)
  const f = m - 1;
  const d = m + 1;
  const dTail = d - 1;
  const dLow = 1 - (d - dTail) + (m - dTail);
  const s = f / d;
  const sd = s * d;
  const sLow = (f - sd - productError(s, d, sd) - s * dLow) / d;
  // z + zLow = s^2; c + cLow = 2/3 + 2/5 z + 2/7 z^2 + ...
  const z = s * s;
  const zLow = productError(s, s, z) + 2 * s * sLow;
  const w = z * z;
  const even = 2 / 5 + w * (2 / 9 + w * (2 / 13 + w * (2 / 17 + w * (2 / 21))));
  const odd = 2 / 7 + w * (2 / 11 + w * (2 / 15 + w * (2 / 19 + w * (2 / 23))));
  const tail = z * (even + z * odd);
  const c = 2 / 3 + tail;
  const cLow = 2 / 3 - c + tail + TWO_THIRDS_LOW;
  // u + uLow = s z c, all of atanh beyond its first term.
  const zc = z * c;
  const zcLow = productError(z, c, zc) + z * cLow + zLow * c;
  const u = s * zc;
  const uLow = productError(s, zc, u) + s * zcLow + sLow * zc;
  const part = 2 * s + u;
  const partLow = 2 * s - part + u + (2 * sLow + uLow);
  const whole = k * LN2_HIGH;
  const logHigh = whole + part;
  const logTail = logHigh - whole;
  const logLow = whole - (logHigh - logTail) + (part - logTail) + (partLow + k * LN2_LOW);
  const exponent = y * logHigh;
  if (exponent > 710) return Infinity;
  if (exponent < -746) return 0;
  return expOfSum(exponent, productError(y, logHigh, exponent) + y * logLow);
}

const TWO_PI = 6.283185307179586;

/** Sine of f full turns, within 2 ulp; exact at multiples of a quarter turn. NaN for what is not finite. */
export function sinTurns(f: number): number {
  // The reductions are exact: f minus the nearest quarter turn lies on f's own grid.
  const quarters = Math.floor(4 * f + 0.5);
  const angle = TWO_PI * (f - quarters / 4);
  const quadrant = quarters - 4 * Math.floor(quarters / 4);
  const value = quadrant % 2 === 0 ? sinNearZero(angle) : cosNearZero(angle);
  return quadrant < 2 ? value : 0 - value;
}

/** Cosine of f full turns, within 2 ulp; exact at multiples of a quarter turn. NaN for what is not finite. */
export function cosTurns(f: number): number {
  const quarters = Math.floor(4 * f + 0.5);
  const angle = TWO_PI * (f - quarters / 4);
  const quadrant = quarters - 4 * Math.floor(quarters / 4);
  const value = quadrant % 2 === 0 ? cosNearZero(angle) : sinNearZero(angle);
  return quadrant === 1 || quadrant === 2 ? 0 - value : value;
}

/** sin(x) for |x| <= pi / 4. */
function sinNearZero(x: number): number {
  const z = x * x;
  const inner = 1 / 362880 - z * (1 / 39916800 - z * (1 / 6227020800 - z * (1 / 1307674368000 - z / 355687428096000)));
  return x - x * z * (1 / 6 - z * (1 / 120 - z * (1 / 5040 - z * inner)));
}

/** cos(x) for |x| <= pi / 4. */
function cosNearZero(x: number): number {
  const z = x * x;
  const inner = 1 / 3628800 - z * (1 / 479001600 - z * (1 / 87178291200 - z / 20922789888000));
  return 1 - z * (1 / 2 - z * (1 / 24 - z * (1 / 720 - z * (1 / 40320 - z * inner))));
}

/**
 * log of the gamma function for x > 0, to about 1e-14 absolute or 4 ulp, whichever is larger. `logGamma(0)` is Infinity; negative x and NaN
 * give NaN. Stirling's series from 10 upwards; smaller arguments are raised by Gamma(x + 1) = x Gamma(x).
 */
export function logGamma(x: number): number {
  if (!(x > 0)) return x === 0 ? Infinity : Number.NaN;
  if (x === Infinity) return x;
  let factor = 1;
  while (x < 10) {
    factor *= x;
    x += 1;
  }
  const z = 1 / (x * x);
  const series = 1 / 12 - z * (1 / 360 - z * (1 / 1260 - z * (1 / 1680 - z * (1 / 1188 - z * (691 / 360360 - z / 156)))));
  const stirling = (x - 0.5) * (log(x) - 1) - 0.5 + LOG_OF_SQRT_2_PI + series / x;
  return factor === 1 ? stirling : stirling - log(factor);
}
