// Builds feature vectors from raw payloads by feature_schema.json, normalizer.json and vocab_*.json alone.

import { hourOfWeek, itemNumber, likeWeight, userNumber } from './numbers.mjs';
import { fnv1a32, tokens } from './text.mjs';

const standardise = (x, { mean, std }) => (x - mean) / (std === 0 ? 1 : std);

/** Scales in place: 'sum' or the Euclidean length; all zeros stay so. */
function scale(columns, norm) {
  const length = norm === 'sum' ? columns.reduce((a, b) => a + b, 0) : Math.sqrt(columns.reduce((a, b) => a + b * b, 0));
  if (length > 0) for (let i = 0; i < columns.length; i++) columns[i] /= length;
  return columns;
}

function count(segment, vocabulary, values) {
  const columns = new Float64Array(segment.size);
  for (const [value, weight] of values) {
    const index = vocabulary.get(value);
    if (index !== undefined) columns[index] += weight;
  }
  return scale(columns, segment.norm ?? 'l2');
}

function histogram(segment, indices) {
  const columns = new Float64Array(segment.size);
  for (const index of indices) columns[index] += 1;
  return scale(columns, segment.norm ?? 'l2');
}

const attribute = (segment) => segment.from.split('.')[1];

function userSegment(segment, set, payload, asOf) {
  const likes = payload.liked_videos ?? [];
  const newest = Math.max(...likes.map((like) => Date.parse(like.liked_at)));
  switch (segment.type) {
    case 'standard_score':
      return segment.features.map((name) => standardise(userNumber(name, payload, asOf), set.normalizer.user_numeric[name]));
    case 'scaled_bucket': {
      const [low, high] = segment.range;
      return [(userNumber('hour_of_day', payload, asOf) - low) / (high - low)];
    }
    case 'l2_normalized_bow':
      return count(segment, set.vocabulary(segment), payload[segment.from ?? (segment.name === 'tag_vector' ? 'tags' : 'performers')].map((t) => [t, 1]));
    case 'weighted_bow':
    case 'distribution':
      return count(segment, set.vocabulary(segment), likes.map((like) => [like[attribute(segment)], likeWeight(segment, like, newest)]));
    case 'price_histogram': {
      const prices = likes.map((like) => like.price).filter((price) => price !== undefined && price !== null);
      return histogram(segment, prices.map((price) => segment.edges.filter((edge) => edge <= price).length));
    }
    case 'hour_of_week_histogram':
      return histogram(segment, likes.map((like) => hourOfWeek(like.liked_at)));
    case 'log1p':
      return segment.features.map((name) => Math.log(1 + Math.max(0, userNumber(name, payload, asOf))));
    case 'ratio':
      return segment.features.map((name) => userNumber(name, payload, asOf));
    default:
      throw new Error(`segment ${segment.name}: type ${segment.type} is unknown`);
  }
}

function itemSegment(segment, set, payload) {
  switch (segment.type) {
    case 'standard_score':
      return segment.features.map((name) => standardise(itemNumber(name, payload, segment.reference) ?? 0, set.normalizer.item_numeric[name]));
    case 'log1p_standard_score':
      return segment.features.map((name) => {
        const value = itemNumber(name, payload, segment.reference);
        return value === null ? 0 : standardise(Math.log(1 + Math.max(0, value)), set.normalizer.item_numeric[name]);
      });
    case 'l2_normalized_bow':
      return count(segment, set.vocabulary(segment), payload[segment.from].map((token) => [token, 1]));
    case 'one_hot': {
      const columns = new Float64Array(segment.size);
      const index = set.vocabulary(segment).get(payload[segment.from]);
      if (index !== undefined) columns[index] = 1;
      return columns;
    }
    case 'hashed_bow':
      return histogram(segment, [payload.title, payload.description].flatMap(tokens).map((token) => fnv1a32(token) % segment.size));
    default:
      throw new Error(`item segment ${segment.name}: type ${segment.type} is unknown`);
  }
}

function concatenate(segments, build) {
  const parts = segments.map((segment) => {
    const columns = [...build(segment)];
    if (columns.length !== segment.size) throw new Error(`segment ${segment.name}: ${columns.length} columns, expected ${segment.size}`);
    return columns;
  });
  return Float32Array.from(parts.flat());
}

export const userVector = (set, payload, asOf) => concatenate(set.schema.segments, (segment) => userSegment(segment, set, payload, asOf));
export const itemVector = (set, payload) => concatenate(set.schema.item_segments, (segment) => itemSegment(segment, set, payload));
