using System.Collections;
using System.CommandLine;
using System.Text.RegularExpressions;
using Retraining.Cli;
using Retraining.Cli.Commands;
using Retraining.Tests.Documentation;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using Fields = System.Collections.Generic.IDictionary<object, object>;

namespace Retraining.Tests.Infrastructure;

/// <summary>The container files refer to what is there. No container engine runs them here.</summary>
public sealed partial class ContainerFilesTests
{
    private static readonly string Infra = Path.Combine(RepositoryFolder.Path, "infra");

    private static string ComposeText => File.ReadAllText(Path.Combine(Infra, "compose.yaml"));

    private static Fields Compose =>
        (Fields)new DeserializerBuilder().Build().Deserialize(new MergingParser(new Parser(new StringReader(ComposeText))))!;

    private static Dictionary<string, Fields> Services =>
        ((Fields)Compose["services"]).ToDictionary(service => (string)service.Key, service => (Fields)service.Value);

    private static string[] Dockerfile { get; } =
        [.. File.ReadAllLines(Path.Combine(Infra, "worker.Dockerfile")).Where(line => line.Length > 0 && line[0] != '#')];

    [Fact]
    public void Compose_Builds_ReferToFilesThatAreThere()
    {
        var builds = Services.Values.Where(service => service.ContainsKey("build")).Select(service => (Fields)service["build"]).ToArray();

        Assert.Equal(2, builds.Length);
        Assert.All(builds, build =>
        {
            var context = Path.GetFullPath((string)build["context"], Infra);
            Assert.Equal(RepositoryFolder.Path.TrimEnd('/'), context.TrimEnd('/'));
            Assert.True(File.Exists(Path.Combine(context, (string)build["dockerfile"])));
            var declared = Steps("ARG").Select(line => line.Split('=')[0]);
            Assert.Empty(((Fields)build["args"]).Keys.Cast<string>().Except(declared));
        });
    }

    [Fact]
    public void Compose_ServicesAndVolumes_ReferToEachOther()
    {
        var volumes = ((Fields)Compose["volumes"]).Keys.Cast<string>().ToHashSet();
        var mounted = Services.Values.Where(service => service.ContainsKey("volumes"))
            .SelectMany(service => ((IList<object>)service["volumes"]).Select(volume => ((string)volume).Split(':')[0]));
        var awaited = Services.Values.Where(service => service.ContainsKey("depends_on"))
            .SelectMany(service => ((Fields)service["depends_on"]).Keys.Cast<string>());
        var hosts = HostInSetting().Matches(ComposeText).Select(match => match.Groups[1].Value).ToArray();

        Assert.Equal(volumes.Order(), mounted.Distinct().Order());
        Assert.Empty(awaited.Except(Services.Keys));
        Assert.Equal(["blobs", "database", "scheduler"], hosts.Distinct().Order());
        Assert.Empty(hosts.Except(Services.Keys));
    }

    [Fact]
    public void Compose_Ports_AreOpenToThisMachineOnly() =>
        Assert.All(Services.Values.Where(service => service.ContainsKey("ports")).SelectMany(service => (IList<object>)service["ports"]),
            port => Assert.StartsWith("127.0.0.1:", (string)port, StringComparison.Ordinal));

    [Fact]
    public void Compose_Variables_AreExplained()
    {
        var guide = File.ReadAllText(Path.Combine(RepositoryFolder.Path, "docs", "azure.md"));
        var variables = Variable().Matches(ComposeText).Select(match => match.Groups[1].Value).Distinct().ToArray();

        Assert.NotEmpty(variables);
        Assert.All(variables, variable => Assert.Contains(variable, guide, StringComparison.Ordinal));
    }

    [Fact]
    public void Compose_Commands_AreThoseOfTheProgram()
    {
        var nowhere = new CliStreams(TextWriter.Null, TextWriter.Null, Live: false);
        var program = RetrainCommands.Create(new CliSession(nowhere, new Hashtable(), new CommonOptions()));

        Assert.All(Services.Values.Where(service => service.ContainsKey("build")), service =>
        {
            var arguments = ((IList<object>)service["command"]).Select(argument => Variable().Replace((string)argument, "embedded"));
            Assert.Empty(program.Parse([.. arguments]).Errors);
        });
    }

    [Fact]
    public void Dockerfile_Steps_ReferToFilesThatAreThere()
    {
        var copied = Steps("COPY").Where(line => !line.StartsWith("--from", StringComparison.Ordinal)).Select(line => line.Split(' ')[0]);
        var called = CalledFile().Matches(string.Join('\n', Dockerfile)).Select(match => match.Value).ToArray();

        Assert.DoesNotContain(copied.Concat(called), path => !Path.Exists(Path.Combine(RepositoryFolder.Path, path)));
        Assert.Equal(["eng/feed", "infra/require-full-build", "src/Retraining.Cli/Retraining.Cli.csproj"], called);
        Assert.Contains(Steps("FROM"), line => line.EndsWith(" AS build", StringComparison.Ordinal));
        Assert.Contains(Dockerfile, line => line == $"ENTRYPOINT [\"./{typeof(RetrainProgram).Assembly.GetName().Name}\"]");
    }

    /// <summary>Whatever the image is built from must reach the engine, and nothing that a build here left may.</summary>
    [Fact]
    public void Dockerignore_Names_WhatBuildsLeave()
    {
        var ignored = File.ReadAllLines(Path.Combine(RepositoryFolder.Path, ".dockerignore"));

        Assert.Superset(new HashSet<string> { "**/bin", "**/obj", "**/node_modules", "eng/feed.props", ".local" }, ignored.ToHashSet());
        Assert.DoesNotContain(ignored, line => line.TrimEnd('/') is "src" or "eng" or "infra" or "config");
    }

    private static IEnumerable<string> Steps(string instruction) =>
        Dockerfile.Where(line => line.StartsWith(instruction, StringComparison.Ordinal)).Select(line => line[instruction.Length..].Trim());

    [GeneratedRegex(@"(?:@|//)([a-z]+):\d+")]
    private static partial Regex HostInSetting();

    [GeneratedRegex(@"\$\{([A-Z_]+)[^}]*\}")]
    private static partial Regex Variable();

    [GeneratedRegex(@"\b(?:eng|infra|src)/[\w./-]+")]
    private static partial Regex CalledFile();
}
