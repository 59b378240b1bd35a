using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Text;

namespace Retraining.Host.Page;

/// <summary>A piece of a page. Made from an interpolated string, in which every value is escaped unless it is a piece itself.</summary>
internal readonly struct Html
{
    private readonly string? _text;

    private Html(string text) => _text = text;

    public static Html Empty => default;

    public static Html Of(Builder pieces) => new(pieces.Text);

    /// <summary>Markup that is escaped already.</summary>
    public static Html Markup(string escaped) => new(escaped);

    /// <summary>Pieces one after another.</summary>
    public static Html All(IEnumerable<Html> pieces) => new(string.Concat(pieces.Select(piece => piece._text)));

    public static Html All<T>(IEnumerable<T> values, Func<T, Html> piece) => All(values.Select(piece));

    public override string ToString() => _text ?? "";

    [InterpolatedStringHandler]
    internal readonly ref struct Builder
    {
        private readonly StringBuilder _pieces;

        public Builder(int literalLength, int formattedCount) => _pieces = new StringBuilder(literalLength + (16 * formattedCount));

        internal string Text => _pieces.ToString();

        public void AppendLiteral(string literal) => _pieces.Append(literal);

        public void AppendFormatted(Html piece) => _pieces.Append(piece._text);

        public void AppendFormatted(string? text) => _pieces.Append(WebUtility.HtmlEncode(text));

        public void AppendFormatted<T>(T value, string? format = null)
            where T : IFormattable => _pieces.Append(WebUtility.HtmlEncode(value.ToString(format, CultureInfo.InvariantCulture)));
    }
}
