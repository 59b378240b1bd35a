using Retraining.Tests.Servers;

namespace Retraining.Tests.Supabase;

/// <summary>The service's batch functions, as the contract describes them, over its tables.</summary>
internal static class BatchFunctions
{
    public static Task CreateAsync(PostgresFixture postgres) => postgres.ExecuteAsync(
        """
        create function get_item_embedding_feature_batch(limit_count int, offset_count int) returns table (video_id uuid, payload jsonb)
        language sql stable as $$
          select v.id, jsonb_build_object('video_id', v.id, 'price', v.price, 'duration_seconds', v.duration_seconds,
            'product_released_at', v.product_released_at, 'distribution_started_at', v.distribution_started_at, 'safety_level', v.safety_level,
            'region_codes', v.region_codes,
            'tags', (select coalesce(jsonb_agg(t.tag_name), '[]') from video_tags t where t.video_id = v.id),
            'performers', (select coalesce(jsonb_agg(p.performer_name), '[]') from video_performers p where p.video_id = v.id))
          from videos v order by v.id limit limit_count offset offset_count
        $$;
        create function get_user_embedding_feature_batch(limit_count int, offset_count int) returns table (user_id uuid, payload jsonb)
        language sql stable as $$
          select p.user_id, jsonb_build_object('user_id', p.user_id, 'profile', jsonb_build_object('created_at', p.created_at),
            'decision_stats', '{}'::jsonb, 'price_stats', '{}'::jsonb, 'tags', '[]'::jsonb, 'performers', '[]'::jsonb)
          from profiles p order by p.user_id limit limit_count offset offset_count
        $$;
        """);
}
