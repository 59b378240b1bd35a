// The numbers of a payload by the names that feature_schema.json gives them.

import type { ItemPayload, LikedVideo, Segment, UserPayload } from './payload.ts';

const DAY_MS = 86_400_000;

type Moment = number | string | null | undefined;
const days = (since: Moment, asOf: string) => since ? Math.max(0, (Date.parse(asOf) - Date.parse(String(since))) / DAY_MS) : 0;
const ratio = (likes: number, decisions: number) => decisions > 0 ? Math.min(1, Math.max(0, likes / decisions)) : 0.5;

export function userNumber(name: string, payload: UserPayload, asOf: string): number {
  const stats = payload.decision_stats ?? {};
  const prices = payload.price_stats ?? {};
  const count = (key: string, unknown = 0) => Number(stats[key] ?? unknown);
  switch (name) {
    case 'account_age_days': return days(payload.profile?.created_at, asOf);
    case 'mean_price': return prices.mean ?? 0;
    case 'median_price': return prices.median ?? 0;
    case 'like_ratio': return ratio(count('like_count'), count('decision_count'));
    case 'like_count': case 'nope_count': case 'decision_count': return count(name);
    case 'recent_like_days': return days(stats.recent_like_at, asOf);
    case 'hour_of_day': return count('average_like_hour', 12);
    case 'like_count_30d': case 'nope_count_30d': case 'decision_count_30d': return count(name);
    case 'positive_ratio_30d': return ratio(count('like_count_30d'), count('decision_count_30d'));
    default: throw new Error(`user feature ${name}: unknown`);
  }
}

/** Null when the payload does not say it. */
export function itemNumber(name: string, payload: ItemPayload, reference: string | null | undefined): number | null {
  switch (name) {
    case 'price': case 'price_log1p': return payload.price ?? null;
    case 'duration_seconds': return payload.duration_seconds ?? null;
    case 'recency_days': case 'release_age_days_log1p':
      return reference && payload.product_released_at ? (Date.parse(reference) - Date.parse(payload.product_released_at)) / DAY_MS : null;
    case 'positive_count_log1p': return payload.positive_count ?? null;
    default: throw new Error(`item feature ${name}: unknown`);
  }
}

/** Day · 24 + hour in UTC, day 0 is Sunday. */
export function hourOfWeek(time: string): number {
  const date = new Date(time);
  return date.getUTCDay() * 24 + date.getUTCHours();
}

/** Weight of a like against the newest one, in (0, 1]. */
export function likeWeight(segment: Segment, like: LikedVideo, newestMs: number): number {
  return segment.half_life_days ? 2 ** (-((newestMs - Date.parse(like.liked_at)) / DAY_MS) / segment.half_life_days) : 1;
}
