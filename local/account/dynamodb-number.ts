/** A decimal number: `digits` x 10^`exponent`. DynamoDB keeps 38 significant digits, more than a JavaScript number holds. */
interface Decimal {
  readonly digits: bigint;
  readonly exponent: number;
}

const NUMBER = /^([+-]?)(\d+)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$|^([+-]?)\.(\d+)(?:[eE]([+-]?\d{1,3}))?$/;
const MOST_DIGITS = 38;
const LARGEST_EXPONENT = 125;
const SMALLEST_EXPONENT = -130;

function readDecimal(text: string): Decimal | undefined {
  const found = NUMBER.exec(text);
  if (found === null) return undefined;
  const sign = found[1] ?? found[5] ?? '';
  const whole = found[2] ?? '';
  const fraction = found[3] ?? found[6] ?? '';
  const power = Number(found[4] ?? found[7] ?? 0);
  const digits = BigInt(whole + fraction || '0');
  return reduce({ digits: sign === '-' ? -digits : digits, exponent: power - fraction.length });
}

/** The same number without trailing zeros. */
function reduce({ digits, exponent }: Decimal): Decimal {
  if (digits === 0n) return { digits, exponent: 0 };
  let shorter = digits;
  let power = exponent;
  while (shorter % 10n === 0n) {
    shorter /= 10n;
    power += 1;
  }
  return { digits: shorter, exponent: power };
}

/** A number as DynamoDB stores it, or undefined for what it refuses: no number, over 38 digits, beyond 1E+126 or below 1E-130. */
export function normalizeNumber(text: string): string | undefined {
  const decimal = readDecimal(text);
  return decimal === undefined ? undefined : writeDecimal(decimal);
}

function writeDecimal({ digits, exponent }: Decimal): string | undefined {
  const sign = digits < 0n ? '-' : '';
  const text = String(digits < 0n ? -digits : digits);
  const magnitude = text.length - 1 + exponent;
  if (text.length > MOST_DIGITS || magnitude > LARGEST_EXPONENT || magnitude < SMALLEST_EXPONENT) return undefined;
  if (exponent >= 0) return sign + text + '0'.repeat(exponent);
  const padded = text.padStart(1 - exponent, '0');
  return `${sign}${padded.slice(0, exponent)}.${padded.slice(exponent)}`;
}

function align(a: Decimal, b: Decimal): [bigint, bigint, number] {
  const exponent = Math.min(a.exponent, b.exponent);
  return [a.digits * 10n ** BigInt(a.exponent - exponent), b.digits * 10n ** BigInt(b.exponent - exponent), exponent];
}

/** Negative, zero or positive, as `a` is less than, equal to or greater than `b`. Both must be normalized. */
export function compareNumbers(a: string, b: string): number {
  const [x, y] = alignTexts(a, b);
  return x < y ? -1 : x > y ? 1 : 0;
}

/** `a + b` or `a - b`, or undefined where the result does not fit. */
export function addNumbers(a: string, b: string, sign: 1 | -1): string | undefined {
  const [x, y, exponent] = alignTexts(a, b);
  return writeDecimal(reduce({ digits: sign === 1 ? x + y : x - y, exponent }));
}

function alignTexts(a: string, b: string): [bigint, bigint, number] {
  const zero = { digits: 0n, exponent: 0 };
  return align(readDecimal(a) ?? zero, readDecimal(b) ?? zero);
}
