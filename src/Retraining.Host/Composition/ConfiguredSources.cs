using Retraining.Execution;
using Retraining.Postgres.Source;
using Retraining.Source;
using Retraining.Supabase;
using Retraining.Supabase.Source;

namespace Retraining.Host.Composition;

/// <summary>Opens the sources that settings name.</summary>
/// <param name="readParquetLeaf">Reads Parquet's other codecs and encodings; null in builds without it.</param>
public sealed class ConfiguredSources(
    ServiceDatabase database, HostSecrets secrets, TimeProvider time, ReadParquetLeaf? readParquetLeaf = null)
{
    /// <inheritdoc cref="OpenSource"/>
    public ISource Open(SourceSettings settings, SourceContext context) => Open(settings, context, uuidReviewers: false);

    /// <summary>The same for loading into the service's tables, where every id is a UUID; with pseudonyms where they are asked for.</summary>
    public ISource OpenForTables(SourceSettings settings, SourceContext context)
    {
        if (!settings.PseudonymiseUsers)
            return Open(settings, context, uuidReviewers: true);
        var pseudonyms = new UserPseudonyms(secrets.PseudonymKey, "source.pseudonymise_users is on");
        return new PseudonymSource(Open(settings, context with { Kept = pseudonyms.Seal(context.Kept) }, uuidReviewers: false), pseudonyms);
    }

    private ISource Open(SourceSettings settings, SourceContext context, bool uuidReviewers)
    {
        var alone = settings.Kind == "reviews";
        var main = OpenKind(alone ? settings.ReviewVideos : settings.Kind, settings, context);
        return alone || settings.Reviews is not null ? new ReviewSource(main, settings, uuidReviewers) : main;
    }

    private ISource OpenKind(string kind, SourceSettings settings, SourceContext context) => kind switch
    {
        "files" => new FolderSource(
            settings.Folder ?? throw new PermanentStageException(
                "source.folder is not set, expected the folder with profiles, videos and user_video_decisions as .json or .parquet"),
            readParquetLeaf),
        "postgres" => new PostgresSource(database.Pool),
        "supabase" => new SupabaseSource(
            new SupabaseClient(new SupabaseProject(secrets.SupabaseUrl, secrets.SupabaseKey), time), settings, context),
        "none" => new NoSource(),
        _ => throw new PermanentStageException($"source.kind: \"{kind}\", expected one of files, postgres, supabase, reviews"),
    };
}
