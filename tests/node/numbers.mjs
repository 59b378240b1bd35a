// The numbers of a payload by the names that feature_schema.json gives them.

const DAY_MS = 86_400_000;

const days = (since, asOf) => since ? Math.max(0, (Date.parse(asOf) - Date.parse(since)) / DAY_MS) : 0;
const ratio = (likes, decisions) => decisions > 0 ? Math.min(1, Math.max(0, likes / decisions)) : 0.5;

/** @returns {number} */
export function userNumber(name, payload, asOf) {
  const stats = payload.decision_stats ?? {};
  const prices = payload.price_stats ?? {};
  switch (name) {
    case 'account_age_days': return days(payload.profile?.created_at, asOf);
    case 'mean_price': return prices.mean ?? 0;
    case 'median_price': return prices.median ?? 0;
    case 'like_ratio': return ratio(stats.like_count, stats.decision_count);
    case 'like_count': case 'nope_count': case 'decision_count': return stats[name] ?? 0;
    case 'recent_like_days': return days(stats.recent_like_at, asOf);
    case 'hour_of_day': return stats.average_like_hour ?? 12;
    case 'like_count_30d': case 'nope_count_30d': case 'decision_count_30d': return stats[name] ?? 0;
    case 'positive_ratio_30d': return ratio(stats.like_count_30d, stats.decision_count_30d);
    default: throw new Error(`user feature ${name}: unknown`);
  }
}

/** @returns {number | null} null when the payload does not say it */
export function itemNumber(name, payload, reference) {
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
export function hourOfWeek(time) {
  const date = new Date(time);
  return date.getUTCDay() * 24 + date.getUTCHours();
}

/** Weight of a like against the newest one. */
export function likeWeight(segment, like, newest) {
  return segment.half_life_days ? 2 ** (-((newest - Date.parse(like.liked_at)) / DAY_MS) / segment.half_life_days) : 1;
}
