using Spectre.Console;

namespace Retraining.Cli.Rendering;

/// <summary>Tables on any writer: plain text where it is no terminal.</summary>
internal static class Tables
{
    private const int PlainWidth = 150;

    public static IAnsiConsole Console(TextWriter writer)
    {
        var terminal = writer == System.Console.Out && !System.Console.IsOutputRedirected;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = terminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = terminal ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = InteractionSupport.No,
        });
        if (!terminal)
            console.Profile.Width = PlainWidth;
        return console;
    }

    /// <summary>A table with the columns given; those that begin with <c>&gt;</c> stand right.</summary>
    public static Table With(params string[] columns)
    {
        var table = new Table().Border(TableBorder.Simple);
        foreach (var column in columns)
        {
            var right = column.StartsWith('>');
            table.AddColumn(new TableColumn(Markup.Escape(right ? column[1..] : column)) { Alignment = right ? Justify.Right : Justify.Left, NoWrap = right || table.Columns.Count == 0 });
        }

        return table;
    }

    public static Table Row(this Table table, params string[] cells) => table.AddRow([.. cells.Select(cell => new Text(cell))]);
}
