using System.Text.Json;
using System.Text.Json.Serialization;
using Retraining.Execution;

namespace Retraining.Host.Http;

/// <summary>JSON that is passed on as it was recorded: a list of a thousand runs parses none of their requests and results.</summary>
/// <param name="Utf8">One value, as <see cref="RecordJson"/> writes it.</param>
[JsonConverter(typeof(Converter))]
internal sealed record RawJson(ReadOnlyMemory<byte> Utf8)
{
    public static RawJson Of<T>(T value) => new(JsonSerializer.SerializeToUtf8Bytes(value, HostJson.Options));

    internal sealed class Converter : JsonConverter<RawJson>
    {
        public override RawJson Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
            Of(JsonElement.ParseValue(ref reader));

        public override void Write(Utf8JsonWriter writer, RawJson value, JsonSerializerOptions options) =>
            writer.WriteRawValue(value.Utf8.Span, skipInputValidation: true);
    }
}
