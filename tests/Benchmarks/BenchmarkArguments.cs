namespace Benchmarks;

/// <summary>Command line of the form <c>--name value</c>.</summary>
internal sealed class BenchmarkArguments(string[] arguments)
{
    public string Text(string name, string otherwise)
    {
        var place = Array.IndexOf(arguments, "--" + name);
        return place >= 0 && place + 1 < arguments.Length ? arguments[place + 1] : otherwise;
    }

    public int Number(string name, int otherwise) => int.Parse(Text(name, otherwise.ToString()));

    public double Real(string name, double otherwise) => double.Parse(Text(name, otherwise.ToString()));
}
