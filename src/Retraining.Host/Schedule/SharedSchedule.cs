using System.Globalization;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Quartz;
using Retraining.Journal;

namespace Retraining.Host.Schedule;

/// <summary>
/// The schedule of several hosts over one database: Quartz's clustered store decides which of them fires, and frees what a dead one held.
/// Every few seconds one of them looks for runs that nobody carries, and goes on with them.
/// </summary>
/// <param name="ConnectionString">Npgsql's.</param>
internal sealed record SharedSchedule(string ConnectionString)
{
    private const string Tables = "two_tower.qrtz_";
    private static readonly TimeSpan CheckIn = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LateBy = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan AttendEvery = TimeSpan.FromSeconds(5);

    public void Configure(IQuartzBuilder quartz)
    {
        quartz.ConfigureScheduler(scheduler => scheduler.InstanceId = string.Create(
            CultureInfo.InvariantCulture, $"{Environment.MachineName}-{Environment.ProcessId}-{DateTime.UtcNow.Ticks}"));
        quartz.UsePersistentStore(store =>
        {
            store.UsePostgres(NpgsqlFactory.Instance, ConnectionString);
            store.ConfigureStore(options =>
            {
                options.TablePrefix = Tables;
                options.StoreJobDataAsStrings = true;
            });
            store.ProvisionSchema();
            store.UseClustering(cluster => (cluster.CheckinInterval, cluster.CheckinMisfireThreshold) = (CheckIn, LateBy));
        });
        quartz.AddJob<AttendJob>(job => job.WithIdentity(AttendJob.Key).StoreDurably().RequestRecovery());
        quartz.AddTrigger(trigger => trigger.ForJob(AttendJob.Key).WithIdentity("attend").StartNow()
            .WithSimpleSchedule(schedule => schedule.WithInterval(AttendEvery).RepeatForever()));
    }

    /// <summary>Makes the schema before Quartz looks for its tables in it.</summary>
    internal sealed class Preparation(IJournalHome journals) : IHostedService
    {
        public Task StartAsync(CancellationToken cancellationToken)
        {
            journals.Prepare();
            return Task.CompletedTask;
        }

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
