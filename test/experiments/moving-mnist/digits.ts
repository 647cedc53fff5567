// Owns the handwritten digits: where they are read from, and which are for training and which for the test. Knows nothing of motion.
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { z } from 'zod';

/** Pixels a side. */
export const digitSize = 28;

/** Pixels of a digit. */
export const digitLength = digitSize * digitSize;

/** Some digits, `uint8 [n, 28, 28]`. */
export type Digits = Uint8Array<ArrayBuffer>;

/** Of so many digits, counted through all classes one after the other, the last is for the test. */
const testEvery = 5;

const digitClasses = 10;

const fileSchema = z.object({ data: z.custom<readonly number[]>(Array.isArray) });

/**
 * The 10,000 digits of the package `mnist`, the first 10,000 of MNIST's training set (LeCun et al. 1998) sorted by class: 8,000 for
 * training and 2,000 for the test, no digit in both. The package holds values in [0, 1] of three decimals, which give the bytes back.
 */
export async function readDigits(): Promise<{
  readonly train: Digits;
  readonly test: Digits;
  /** Which digit, 0 to 9, each of them is. */
  readonly classes: { readonly train: Uint8Array; readonly test: Uint8Array };
}> {
  const { resolve } = createRequire(import.meta.url);
  const values: number[][] = [];
  const classOf: number[] = [];
  for (let digit = 0; digit < digitClasses; digit++) {
    const { data } = fileSchema.parse(JSON.parse(await readFile(resolve(`mnist/src/digits/${digit}.json`), 'utf8')));
    for (let start = 0; start < data.length; start += digitLength) {
      values.push(data.slice(start, start + digitLength));
      classOf.push(digit);
    }
  }
  const isTest = (index: number) => index % testEvery === testEvery - 1;
  return {
    train: join(values.filter((_, index) => !isTest(index))),
    test: join(values.filter((_, index) => isTest(index))),
    classes: {
      train: Uint8Array.from(classOf.filter((_, index) => !isTest(index))),
      test: Uint8Array.from(classOf.filter((_, index) => isTest(index))),
    },
  };
}

function join(values: readonly (readonly number[])[]): Digits {
  const digits = new Uint8Array(values.length * digitLength);
  for (const [index, digit] of values.entries()) {
    digits.set(
      digit.map((value) => Math.round(255 * value)),
      index * digitLength,
    );
  }
  return digits;
}
