// Builds feature vectors from raw payloads by feature_schema.json, normalizer.json and vocab_*.json alone.

import { hourOfWeek, itemNumber, likeWeight, userNumber } from './numbers.ts';
import type { FeatureSet, ItemPayload, LikedVideo, Scale, Segment, UserPayload } from './payload.ts';
import { fnv1a32, tokens } from './text.ts';

type Columns = number[] | Float64Array;
type Weighted = [token: string | null | undefined, weight: number];

const standardise = (x: number, { mean, std }: Scale) => (x - mean) / (std === 0 ? 1 : std);

function scaleOf(scales: Record<string, Scale>, name: string): Scale {
  const scale = scales[name];
  if (!scale) throw new Error(`normalizer.json: no ${name}, expected its mean and std`);
  return scale;
}

function vocabularyOf(set: FeatureSet, segment: Segment): Map<string, number> {
  const vocabulary = set.vocabularies.get(segment.vocab ?? '');
  if (!vocabulary) throw new Error(`segment ${segment.name}: vocabulary ${segment.vocab} is not there`);
  return vocabulary;
}

/** Scales in place: by the sum or by the Euclidean length; all zeros stay so. */
function normalise(columns: Float64Array, norm: 'l2' | 'sum'): Float64Array {
  const length = norm === 'sum' ? columns.reduce((a, b) => a + b, 0) : Math.sqrt(columns.reduce((a, b) => a + b * b, 0));
  if (length > 0) for (let i = 0; i < columns.length; i++) columns[i] /= length;
  return columns;
}

function histogram(segment: Segment, indices: Iterable<[index: number, weight: number]>): Float64Array {
  const columns = new Float64Array(segment.size);
  for (const [index, weight] of indices) columns[index] += weight;
  return normalise(columns, segment.norm ?? 'l2');
}

/** Tokens that the vocabulary lacks count nothing. */
function bag(segment: Segment, set: FeatureSet, values: Weighted[]): Float64Array {
  const vocabulary = vocabularyOf(set, segment);
  return histogram(segment, values.flatMap(([token, weight]): [number, number][] => {
    const index = vocabulary.get(token ?? '');
    return index === undefined ? [] : [[index, weight]];
  }));
}

const once = (index: number): [number, number] => [index, 1];
const attribute = (segment: Segment) => (segment.from ?? '').split('.')[1] as keyof LikedVideo;
const names = (segment: Segment) => segment.features ?? [segment.name];

/** v2 schemas do not say where the two bags come from. */
function tokensOf(segment: Segment, payload: UserPayload | ItemPayload): Weighted[] {
  const from = segment.from ?? (segment.name === 'tag_vector' ? 'tags' : 'performers');
  return (payload[from as 'tags' | 'performers'] ?? []).map((token) => [token, 1]);
}

function userSegment(segment: Segment, set: FeatureSet, payload: UserPayload, asOf: string): Columns {
  const likes = payload.liked_videos ?? [];
  const number = (name: string) => userNumber(name, payload, asOf);
  switch (segment.type) {
    case 'standard_score':
      return names(segment).map((name) => standardise(number(name), scaleOf(set.normalizer.user_numeric, name)));
    case 'scaled_bucket': {
      const [low, high] = segment.range ?? [0, 23];
      return names(segment).map((name) => (number(name) - low) / (high - low));
    }
    case 'l2_normalized_bow':
      return bag(segment, set, tokensOf(segment, payload));
    case 'weighted_bow':
    case 'distribution': {
      const newest = likes.reduce((latest, like) => Math.max(latest, Date.parse(like.liked_at)), -Infinity);
      return bag(segment, set, likes.map((like) => [like[attribute(segment)] as string | null, likeWeight(segment, like, newest)]));
    }
    case 'price_histogram': {
      const prices = likes.flatMap((like) => like.price ?? []);
      return histogram(segment, prices.map((price) => once((segment.edges ?? []).filter((edge) => edge <= price).length)));
    }
    case 'hour_of_week_histogram':
      return histogram(segment, likes.map((like) => once(hourOfWeek(like.liked_at))));
    case 'log1p':
      return names(segment).map((name) => Math.log(1 + Math.max(0, number(name))));
    case 'ratio':
      return names(segment).map(number);
    default:
      throw new Error(`segment ${segment.name}: type ${segment.type} is unknown`);
  }
}

function itemSegment(segment: Segment, set: FeatureSet, payload: ItemPayload): Columns {
  const number = (name: string) => itemNumber(name, payload, segment.reference);
  switch (segment.type) {
    case 'standard_score':
      return names(segment).map((name) => standardise(number(name) ?? 0, scaleOf(set.normalizer.item_numeric, name)));
    case 'log1p_standard_score':
      return names(segment).map((name) => {
        const value = number(name);
        return value === null ? 0 : standardise(Math.log(1 + Math.max(0, value)), scaleOf(set.normalizer.item_numeric, name));
      });
    case 'l2_normalized_bow':
      return bag(segment, set, tokensOf(segment, payload));
    case 'one_hot':
      return bag(segment, set, [[payload[segment.from as 'video_id' | 'maker' | 'label' | 'series' | 'source'], 1]]);
    case 'dense_vector': {
      const vector = payload[segment.from as 'text_vector' | 'image_vector'] ?? [];
      return vector.length === segment.size - 1 ? [1, ...normalise(Float64Array.from(vector), 'l2')] : new Float64Array(segment.size);
    }
    case 'hashed_bow':
      return histogram(segment, [payload.title, payload.description].flatMap(tokens).map((token) => once(fnv1a32(token) % segment.size)));
    default:
      throw new Error(`item segment ${segment.name}: type ${segment.type} is unknown`);
  }
}

function concatenate(segments: Segment[], width: number, build: (segment: Segment) => Columns): Float32Array {
  const row = new Float32Array(width);
  let at = 0;
  for (const segment of segments) {
    const columns = build(segment);
    if (columns.length !== segment.size || at + segment.size > width)
      throw new Error(`segment ${segment.name}: ${columns.length} columns at ${at} of ${width}, expected ${segment.size}`);
    row.set(columns, at);
    at += segment.size;
  }
  if (at !== width) throw new Error(`feature_schema.json: segments of ${at} columns, expected ${width}`);
  return row;
}

/** @param asOf the moment that ages and windows count back from */
export const userVector = (set: FeatureSet, payload: UserPayload, asOf: string): Float32Array =>
  concatenate(set.schema.segments, set.schema.input_dim, (segment) => userSegment(segment, set, payload, asOf));

export const itemVector = (set: FeatureSet, payload: ItemPayload): Float32Array =>
  concatenate(set.schema.item_segments, set.schema.item_input_dim, (segment) => itemSegment(segment, set, payload));
