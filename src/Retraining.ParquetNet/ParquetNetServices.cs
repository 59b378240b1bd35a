using Microsoft.Extensions.DependencyInjection;
using Retraining.Source;

namespace Retraining.ParquetNet;

/// <summary>Lets a files source read Parquet of any writer.</summary>
public static class ParquetNetServices
{
    public static IServiceCollection AddParquetNet(this IServiceCollection services) =>
        services.AddSingleton<ReadParquetLeaf>(ParquetNetLeaf.ReadAsync);
}
