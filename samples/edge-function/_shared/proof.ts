// Holds this client against golden.json: the vectors and embeddings that the training side had for the same payloads.

import type { Tower } from './runtime.ts';

/** Largest difference allowed in a feature and in a component of an embedding. */
export const TOLERANCE = { features: 1e-5, embedding: 1e-4 };

export interface GoldenCase {
  vector: Float32Array;
  expected: { features: number[]; embedding: number[] };
}

export interface Proof {
  cases: number;
  features: number;
  embeddings: number;
}

export function largestDifference(found: ArrayLike<number>, expected: ArrayLike<number>, what: string): number {
  if (found.length !== expected.length) throw new Error(`${what}: ${found.length} values, expected ${expected.length}`);
  let largest = 0;
  for (let i = 0; i < found.length; i++) {
    const difference = Math.abs(found[i] - expected[i]);
    if (Number.isNaN(difference)) return NaN;
    largest = Math.max(largest, difference);
  }
  return largest;
}

function within(found: ArrayLike<number>, expected: ArrayLike<number>, allowed: number, what: string): number {
  const difference = largestDifference(found, expected, what);
  if (!(difference <= allowed)) throw new Error(`${what}: ${difference} from golden.json, expected at most ${allowed}`);
  return difference;
}

/** @throws at the first case that differs */
export async function prove(name: string, tower: Tower, cases: GoldenCase[]): Promise<Proof> {
  if (cases.length === 0) throw new Error(`golden.json: no payload for the ${name}, expected some`);
  const proof = { cases: cases.length, features: 0, embeddings: 0 };
  for (const [i, { vector, expected }] of cases.entries()) {
    const features = within(vector, expected.features, TOLERANCE.features, `${name}, golden ${i}, features`);
    const embedding = within(await tower.embed(vector), expected.embedding, TOLERANCE.embedding, `${name}, golden ${i}, embedding`);
    proof.features = Math.max(proof.features, features);
    proof.embeddings = Math.max(proof.embeddings, embedding);
  }
  return proof;
}
