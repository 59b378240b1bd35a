namespace Retraining.Postgres.Source;

/// <summary>Statements of the <see cref="PostgresLoader"/>. Of rows with one key the first counts, of decisions the newest.</summary>
internal static class ServiceSql
{
    private const string VideoColumns =
        "external_id, title, description, maker, label, series, director, source, product_url, thumbnail_url, product_released_at, "
        + "distribution_started_at, published_at, created_at, duration_seconds, price, safety_level, is_active, region_codes";

    /// <summary>Each row with its position among all, the number of its file or table, and its place there.</summary>
    public const string Staging =
        """
        create temp table staged_profiles (
          position bigint, origin smallint, row_number bigint, user_id uuid, display_name text, created_at timestamptz) on commit drop;
        create temp table staged_videos (
          position bigint, origin smallint, row_number bigint, id uuid, external_id text, title text, description text, maker text,
          label text, series text, director text, source text, product_url text, thumbnail_url text, product_released_at timestamptz,
          distribution_started_at timestamptz, published_at timestamptz, created_at timestamptz, duration_seconds int, price float8,
          safety_level smallint, is_active bool, region_codes text[], text_vector real[], image_vector real[],
          tags text[], performers text[]) on commit drop;
        create temp table staged_decisions (
          position bigint, origin smallint, row_number bigint, user_id uuid, video_id uuid, decision_type text, created_at timestamptz)
          on commit drop;
        """;

    /// <summary>Origin, row and id of rows whose id an earlier one has.</summary>
    public static readonly string TwinProfiles = Twins("staged_profiles", "user_id");

    /// <inheritdoc cref="TwinProfiles"/>
    public static readonly string TwinVideos = Twins("staged_videos", "id");

    /// <summary>Decisions for a video that is not there, in order.</summary>
    public const string Orphans =
        """
        select origin, row_number, video_id, user_id, decision_type, created_at from staged_decisions s
        where not exists (select from public.videos v where v.id = s.video_id) order by position
        """;

    /// <summary>Both tables of names are written anew for the staged videos.</summary>
    public const string MergeNames =
        """
        create temp table first_videos on commit drop as select distinct on (id) id, tags, performers from staged_videos order by id, position;
        delete from public.video_tags t using first_videos v where t.video_id = v.id;
        insert into public.video_tags (video_id, tag_name) select distinct v.id, name from first_videos v, unnest(v.tags) name;
        delete from public.video_performers p using first_videos v where p.video_id = v.id;
        insert into public.video_performers (video_id, performer_name) select distinct v.id, name from first_videos v, unnest(v.performers) name;
        """;

    public const string MergeProfiles =
        """
        insert into public.profiles (user_id, display_name, created_at)
        select distinct on (user_id) user_id, display_name, created_at from staged_profiles order by user_id, position
        on conflict (user_id) do update set display_name = excluded.display_name, created_at = excluded.created_at
        """;

    public const string MergeDecisions =
        """
        insert into public.user_video_decisions (user_id, video_id, decision_type, created_at)
        select distinct on (user_id, video_id) user_id, video_id, decision_type, created_at from staged_decisions s
        where exists (select from public.videos v where v.id = s.video_id)
        order by user_id, video_id, created_at desc, decision_type
        """;

    /// <summary>Columns that a table of older layout may lack.</summary>
    public static IReadOnlyList<string> VectorColumns { get; } = ["text_vector", "image_vector"];

    /// <summary>Whether a video has such a vector.</summary>
    /// <param name="column">One of <see cref="VectorColumns"/>.</param>
    public static string HasVectors(string column) => $"select exists (select from staged_videos where {column} is not null)";

    /// <param name="vectors">Those of <see cref="VectorColumns"/> that the table has.</param>
    public static string MergeVideos(IEnumerable<string> vectors)
    {
        string[] columns = [.. VideoColumns.Split(", "), .. vectors];
        return $"""
            insert into public.videos (id, {string.Join(", ", columns)})
            select distinct on (id) id, {string.Join(", ", columns)} from staged_videos order by id, position
            on conflict (id) do update set ({string.Join(", ", columns)}) = row({string.Join(", ", columns.Select(name => "excluded." + name))})
            """;
    }

    /// <summary>
    /// Removes what is written anew, or all that the source does not have. Decisions go first, whatever the table's own key is, so that
    /// no video drags any along one by one.
    /// </summary>
    public static string Prune(bool replace) => replace
        ? """
        delete from public.user_video_decisions;
        delete from public.profiles t where not exists (select from staged_profiles s where s.user_id = t.user_id);
        delete from public.videos t where not exists (select from staged_videos s where s.id = t.id);
        """
        : "delete from public.user_video_decisions t using staged_decisions s where t.user_id = s.user_id and t.video_id = s.video_id";

    private static string Twins(string table, string id) =>
        $"select origin, row_number, {id} from (select *, row_number() over (partition by {id} order by position) n from {table}) t "
        + "where n > 1 order by position";
}
