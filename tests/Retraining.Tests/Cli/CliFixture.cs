using Retraining.Cli;

namespace Retraining.Tests.Cli;

/// <summary><c>retrain</c> in this process, in a folder and an environment of its own.</summary>
internal sealed class CliFixture : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("cli-");

    public CliFixture()
    {
        Variables = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["TwoTower__Engine__Folder"] = PathOf("work"),
            ["TwoTower__Publish__Folder"] = PathOf("model-artifacts"),
            ["TwoTower__Serving__Kind"] = "file",
            ["TwoTower__Serving__Folder"] = PathOf("vector-index"),
            ["TwoTower__Training__Epochs"] = "2",
            ["TwoTower__Training__Threads"] = "1",
            ["TwoTower__Evaluation__Resamples"] = "100",
        };
    }

    public Dictionary<string, string?> Variables { get; }

    public string PathOf(string name) => Path.Combine(_folder.FullName, name);

    public async Task<CliResult> RunAsync(CancellationToken cancellationToken, params string[] arguments)
    {
        using StringWriter output = new(), error = new();
        var code = await RetrainProgram.RunAsync(arguments, new CliStreams(output, TextWriter.Synchronized(error), Live: false), Variables, cancellationToken);
        return new CliResult(code, output.ToString(), error.ToString());
    }

    public Task<CliResult> RunAsync(params string[] arguments) => RunAsync(CancellationToken.None, arguments);

    /// <summary>A folder with generated data.</summary>
    public async Task<string> SampleAsync()
    {
        var folder = PathOf("sample");
        if (!Directory.Exists(folder))
            Assert.Equal(0, (await RunAsync("sample", "--output-dir", folder, "--users", "120", "--videos", "150", "--decisions", "3600")).Code);
        return folder;
    }

    public void Dispose() => _folder.Delete(recursive: true);
}
