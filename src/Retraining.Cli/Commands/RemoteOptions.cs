using System.CommandLine;
using System.Globalization;
using Retraining.Configuration;

namespace Retraining.Cli.Commands;

/// <summary>Options of commands that read a Supabase project.</summary>
internal sealed class RemoteOptions
{
    private readonly Option<bool> _fetchRemote = new("--fetch-remote") { Description = "Read the Supabase project of SUPABASE_URL and SUPABASE_SERVICE_ROLE_KEY" };
    private readonly Option<int?> _pageSize = new("--page-size") { Description = "Most rows a request" };

    public void AddTo(Command command)
    {
        command.Options.Add(_fetchRemote);
        command.Options.Add(_pageSize);
    }

    public bool IsGiven(ParseResult parsed) => parsed.GetValue(_fetchRemote);

    public List<SettingValue> Settings(ParseResult parsed)
    {
        var values = new List<SettingValue>();
        if (IsGiven(parsed))
            values.Add(new SettingValue("source.kind", "supabase", null, _fetchRemote.Name));
        if (parsed.GetValue(_pageSize) is { } size)
            values.Add(new SettingValue("source.page_size", size.ToString(CultureInfo.InvariantCulture), null, _pageSize.Name));
        return values;
    }
}
