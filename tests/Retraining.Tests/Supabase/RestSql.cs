using System.Text;
using Microsoft.AspNetCore.Http;

namespace Retraining.Tests.Supabase;

/// <summary>Turns PostgREST's query parameters into SQL.</summary>
internal static class RestSql
{
    private static readonly string[] Reserved = ["select", "order", "limit", "offset"];

    private static readonly Dictionary<string, string> Operators = new(StringComparer.Ordinal)
    {
        ["eq"] = "=",
        ["neq"] = "<>",
        ["gt"] = ">",
        ["gte"] = ">=",
        ["lt"] = "<",
        ["lte"] = "<=",
    };

    public static string Of(string table, IQueryCollection query)
    {
        var conditions = query.Where(pair => !Reserved.Contains(pair.Key))
            .SelectMany(pair => pair.Value.Select(value => pair.Key is "or" or "and" ? Group(pair.Key, value!) : Condition(Name(pair.Key), value!)));
        string[] all = ["true", .. conditions];
        var select = query["select"].FirstOrDefault() is { } columns and not "*" ? string.Join(", ", columns.Split(',').Select(Name)) : "*";
        var order = query["order"].FirstOrDefault() is { } keys
            ? " order by " + string.Join(", ", keys.Split(',').Select(key => Name(key.Split('.')[0]) + (key.EndsWith(".desc", StringComparison.Ordinal) ? " desc" : "")))
            : "";
        return $"select {select} from public.{Name(table)} where {string.Join(" and ", all)}{order}";
    }

    /// <summary><c>(a.gt.1,and(b.eq.2,c.lt."3,4"))</c>.</summary>
    private static string Group(string operation, string text)
    {
        var parts = Split(text.Trim()[1..^1]).Select(part =>
        {
            var bracket = part.IndexOf('(', StringComparison.Ordinal);
            if (bracket > 0 && part[..bracket] is "or" or "and")
                return Group(part[..bracket], part[bracket..]);
            var dot = part.IndexOf('.', StringComparison.Ordinal);
            return Condition(Name(part[..dot]), part[(dot + 1)..]);
        });
        return $"({string.Join($" {operation} ", parts)})";
    }

    private static string Condition(string column, string text)
    {
        if (text.StartsWith("not.", StringComparison.Ordinal))
            return $"not ({Condition(column, text[4..])})";
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var (operation, value) = (text[..dot], text[(dot + 1)..]);
        if (operation == "is")
            return $"{column} is {(value is "null" or "true" or "false" ? value : throw new FormatException(text))}";
        return $"{column} {Operators[operation]} {Value(value)}";
    }

    /// <summary>Commas outside of quotes and brackets.</summary>
    private static List<string> Split(string text)
    {
        var parts = new List<string>();
        var part = new StringBuilder();
        var depth = 0;
        var quoted = false;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (quoted && c == '\\')
                part.Append(text[i++]);
            else if (c == '"')
                quoted = !quoted;
            else if (!quoted)
                depth += c == '(' ? 1 : c == ')' ? -1 : 0;
            if (!quoted && depth == 0 && c == ',')
            {
                parts.Add(part.ToString());
                part.Clear();
            }
            else
            {
                part.Append(text[i]);
            }
        }

        return [.. parts, part.ToString()];
    }

    /// <summary>A text in quotes.</summary>
    public static string Literal(string value) => $"'{value.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string Value(string value)
    {
        if (value is ['"', .., '"'])
        {
            var plain = new StringBuilder();
            for (var i = 1; i < value.Length - 1; i++)
                plain.Append(value[i] == '\\' ? value[++i] : value[i]);
            value = plain.ToString();
        }

        return Literal(value);
    }

    public static string Name(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
