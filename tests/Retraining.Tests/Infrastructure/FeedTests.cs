using System.Text.RegularExpressions;
using System.Xml.Linq;
using Retraining.Tests.Documentation;

namespace Retraining.Tests.Infrastructure;

/// <summary>What <c>eng/feed</c> asks for is what the full build's projects refer to, first in the versions that hold where nobody asks.</summary>
public sealed partial class FeedTests
{
    private static readonly XDocument Versions = XDocument.Load(Path.Combine(RepositoryFolder.Path, "Directory.Packages.props"));

    private static readonly IReadOnlyList<Family> Families =
    [
        .. File.ReadLines(Path.Combine(RepositoryFolder.Path, "eng", "feed")).Where(line => FamilyLine().IsMatch(line)).Select(line =>
        {
            var parts = line.Split(';', StringSplitOptions.TrimEntries);
            return new Family(parts[0], parts[1].Split(' '), parts[2..]);
        }),
    ];

    [Fact]
    public void References_BehindASwitch_AreAskedFor()
    {
        var folders = new[] { "src", "tests", "eng" }.Select(folder => Path.Combine(RepositoryFolder.Path, folder));
        var files = folders.SelectMany(folder => Directory.EnumerateFiles(folder, "*.csproj", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(folder, "*.props", SearchOption.AllDirectories)))
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj" or "node_modules"));
        var behind = files.SelectMany(BehindASwitch).ToList();

        Assert.Contains(behind, reference => reference is ("HasDurableTask", "Microsoft.Azure.Functions.Worker"));
        Assert.All(behind, reference => Assert.Contains(reference.Package, Asked(reference.Switch)));
    }

    [Fact]
    public void Packages_AskedFor_HaveAVersion()
    {
        var known = Versions.Descendants("PackageVersion").Select(version => version.Attribute("Include")!.Value).ToHashSet();

        Assert.Equal(7, Families.Count);
        Assert.Empty(Families.SelectMany(family => family.Packages).Except(known));
    }

    [Fact]
    public void FirstVersions_OfEachFamily_AreThoseThatHoldWhereNobodyAsks()
    {
        var defaults = Versions.Descendants("PropertyGroup").Elements()
            .Where(property => property.Name.LocalName.EndsWith("Version", StringComparison.Ordinal))
            .ToDictionary(property => property.Name.LocalName, property => property.Value);
        var asked = Families.Where(family => family.Sets.Count > 0).ToList();
        var first = asked.SelectMany(family => Pairs(family.Sets[0])).ToDictionary(pair => pair.Property, pair => pair.Version);

        Assert.Equal(defaults.OrderBy(pair => pair.Key), first.OrderBy(pair => pair.Key));
        Assert.All(asked, family => Assert.All(family.Sets, set => Assert.Equal(
            Pairs(family.Sets[0]).Select(pair => pair.Property), Pairs(set).Select(pair => pair.Property))));
    }

    private static IEnumerable<(string Switch, string Package)> BehindASwitch(string file) =>
        from reference in XDocument.Load(file).Descendants("PackageReference")
        let package = reference.Attribute("Include")?.Value
        where package is not null && !package.StartsWith('$')
        let conditions = reference.AncestorsAndSelf().Select(element => element.Attribute("Condition")?.Value)
        from condition in conditions.OfType<string>().Take(1)
        let match = On().Match(condition)
        where match.Success
        select (match.Groups[1].Value, package);

    private static IReadOnlyList<string> Asked(string family) => Families.Single(known => known.Switch == family).Packages;

    private static IEnumerable<(string Property, string Version)> Pairs(string set) =>
        set.Split(' ').Select(pair => pair.Split('=')).Select(pair => ($"{pair[0]}Version", pair[1]));

    [GeneratedRegex("^Has[A-Za-z]+; ")]
    private static partial Regex FamilyLine();

    [GeneratedRegex(@"'\$\((Has[A-Za-z]+)\)' == 'true'")]
    private static partial Regex On();

    private sealed record Family(string Switch, IReadOnlyList<string> Packages, IReadOnlyList<string> Sets);
}
