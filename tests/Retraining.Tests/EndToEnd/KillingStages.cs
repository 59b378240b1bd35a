using System.Reflection;
using Retraining.Execution;
using Retraining.Export;
using Retraining.Features;

namespace Retraining.Tests.EndToEnd;

/// <summary>The real stages, each with the kill around it.</summary>
internal static class KillingStages
{
    public static StageRegistry Around(StageRegistry real, KillPoint? point)
    {
        var wrapped = new StageRegistry();
        foreach (var field in typeof(Stages).GetFields(BindingFlags.Public | BindingFlags.Static))
        {
            typeof(KillingStages).GetMethod(nameof(Wrap), BindingFlags.NonPublic | BindingFlags.Static)!
                .MakeGenericMethod(field.FieldType.GetGenericArguments())
                .Invoke(null, [wrapped, real, field.GetValue(null), point]);
        }

        return wrapped;
    }

    private static void Wrap<TIn, TOut>(StageRegistry wrapped, StageRegistry real, Stage<TIn, TOut> stage, KillPoint? point)
        where TIn : notnull
        where TOut : notnull =>
        wrapped.Add(stage, () => new KillingStage<TIn, TOut>(stage.Name, real.Create(stage), point));

    private sealed class KillingStage<TIn, TOut>(string name, IStage<TIn, TOut> inner, KillPoint? point) : IStage<TIn, TOut>
        where TIn : notnull
        where TOut : notnull
    {
        public async Task<TOut> RunAsync(TIn input, StageContext context, CancellationToken cancellationToken)
        {
            var work = ShardOf(input) is { } shard ? $"{name}#{shard.Index}" : name;
            point?.Reach(work, KillPoint.Before);
            point?.Enter(work);
            var result = await inner.RunAsync(input, context, cancellationToken);
            point?.Reach(work, KillPoint.After);
            return result;
        }

        private static Shard? ShardOf(TIn input) => input switch
        {
            BuildUserFeatures.Input users => users.Shard,
            BuildItemFeatures.Input items => items.Shard,
            EmbedUsers.Input users => users.Shard,
            EmbedVideos.Input videos => videos.Shard,
            _ => null,
        };
    }
}
