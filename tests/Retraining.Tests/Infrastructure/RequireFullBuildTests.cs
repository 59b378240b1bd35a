using System.Diagnostics;
using System.Runtime.Versioning;
using Retraining.Tests.Documentation;

namespace Retraining.Tests.Infrastructure;

/// <summary>A feed that lacks packages of the function app stops a deployment, and says which family is missing.</summary>
[SupportedOSPlatform("linux")]
public sealed class RequireFullBuildTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("require-full-build").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData(true, true, null)]
    [InlineData(false, false, "HasDurableTask")]
    [InlineData(true, false, "HasDurableTaskScheduler")]
    public async Task Script_WhatTheFeedHas_DecidesOnDeploying(bool durableTask, bool scheduler, string? missing)
    {
        Write("infra/require-full-build", File.ReadAllText(Path.Combine(RepositoryFolder.Path, "infra", "require-full-build")));
        var answer = $"<HasDurableTask>{durableTask}</HasDurableTask>\n<HasDurableTaskScheduler>{scheduler}</HasDurableTaskScheduler>\n";
        Write("eng/feed", $"#!/bin/sh\ncat > eng/feed.props <<'END'\n{answer.Replace("True", "true", StringComparison.Ordinal)}END\n");

        using var script = Process.Start(new ProcessStartInfo(Path.Combine(_folder, "infra", "require-full-build")) { RedirectStandardError = true })!;
        var error = await script.StandardError.ReadToEndAsync();
        await script.WaitForExitAsync();

        Assert.Equal(missing is null ? 0 : 1, script.ExitCode);
        Assert.Equal(missing is not null, error.Contains($"({missing})", StringComparison.Ordinal));
    }

    private void Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
