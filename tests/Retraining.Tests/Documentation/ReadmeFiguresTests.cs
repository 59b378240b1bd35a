using System.Collections;
using System.Globalization;
using System.Text.RegularExpressions;
using Retraining.Cli;
using Retraining.Cli.Commands;
using Retraining.Tests.Cli;

namespace Retraining.Tests.Documentation;

/// <summary>Commands and figures that the README and the guides tell.</summary>
public sealed partial class ReadmeFiguresTests
{
    /// <summary>Other processors round differently, and training carries that on.</summary>
    private const double Rounding = 0.01;

    private static readonly string Readme = Read("README.md");

    private static readonly string Benchmarks = Read("docs/benchmarks.md");

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/benchmarks.md")]
    [InlineData("docs/operations.md")]
    public void Commands_InText_AreUnderstood(string file)
    {
        var session = new CliSession(new CliStreams(TextWriter.Null, TextWriter.Null, Live: false), new Hashtable(), new CommonOptions());
        var program = RetrainCommands.Create(session);
        var text = Read(file).Replace("\\\n", " ", StringComparison.Ordinal).Replace("…", "", StringComparison.Ordinal);
        var commands = CommandLine().Matches(text).Select(match => match.Groups[1].Value).ToArray();

        Assert.NotEmpty(commands);
        Assert.All(commands, command => Assert.DoesNotContain(
            program.Parse(command).Errors, error => !error.Message.Contains("required", StringComparison.OrdinalIgnoreCase)));
    }

    [Fact]
    public void Benchmarks_InText_AreThere()
    {
        var program = Read("tests/Benchmarks/Program.cs");
        var told = Benchmark().Matches(Benchmarks).Select(match => match.Groups[1].Value).Distinct().ToArray();

        Assert.True(told.Length > 5);
        Assert.All(told, name => Assert.Contains($"\"{name}\"", program, StringComparison.Ordinal));
    }

    /// <summary>What the README tells of quality and speed stands, digit for digit, where it is said how it was measured.</summary>
    [Fact]
    public void Figures_OfTheReadme_StandInTheBenchmarks()
    {
        var section = Readme.Split("\n## Numbers\n")[1].Split("\n## ")[0];
        var told = section.Split('\n').Where(line => line.StartsWith('|')).SelectMany(line => Figure().Matches(line)).Select(match => match.Value).ToArray();
        var measured = Figure().Matches(Benchmarks).Select(match => match.Value).ToHashSet();

        Assert.True(told.Length > 30);
        Assert.DoesNotContain(told, figure => !measured.Contains(figure));
    }

    [Fact]
    public async Task Run_InReadme_IsWhatTheSampleGives()
    {
        using var cli = new CliFixture();
        foreach (var name in new[] { "TwoTower__Training__Epochs", "TwoTower__Training__Threads" })
            cli.Variables.Remove(name);
        cli.Variables["TwoTower__Source__Folder"] = cli.PathOf("sample");
        Assert.Equal(ExitCodes.Done, (await cli.RunAsync("sample", "--output-dir", cli.PathOf("sample"))).Code);

        var run = await cli.RunAsync("run");

        Assert.Equal(ExitCodes.Done, run.Code);
        var told = Readme.Split("<!-- run:first:begin -->")[1].Split("<!-- run:first:end -->")[0];
        var (expected, metrics) = (Metrics(told), Metrics(run.Out));
        Assert.Equal(4, expected.Count);
        Assert.All(expected, row =>
        {
            Assert.Equal(row.Value.Challenger, metrics[row.Key].Challenger, Rounding);
            Assert.Equal(row.Value.Popularity, metrics[row.Key].Popularity);
        });
        Assert.Equal(Stages(told), Stages(run.Out));
    }

    private static Dictionary<string, (double Challenger, double Popularity)> Metrics(string text) =>
        Metric().Matches(text).ToDictionary(match => match.Groups[1].Value, match => (Number(match.Groups[2].Value), Number(match.Groups[3].Value)));

    private static IEnumerable<string> Stages(string text) => Stage().Matches(text).Select(match => match.Groups[1].Value).Order();

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);

    private static string Read(string file) => File.ReadAllText(Path.Combine(RepositoryFolder.Path, file));

    [GeneratedRegex(@"(?:^|`)retrain ([^`#>|\n]+)", RegexOptions.Multiline)]
    private static partial Regex CommandLine();

    [GeneratedRegex(@"tests/Benchmarks -- ([a-z]+)")]
    private static partial Regex Benchmark();

    [GeneratedRegex(@"\d*[.,]?\d+")]
    private static partial Regex Figure();

    [GeneratedRegex(@"^  ([a-z]+@\d+) +([\d.]+) +([\d.]+) *$", RegexOptions.Multiline)]
    private static partial Regex Metric();

    [GeneratedRegex(@"^  ([a-z-]+) +completed ", RegexOptions.Multiline)]
    private static partial Regex Stage();
}
