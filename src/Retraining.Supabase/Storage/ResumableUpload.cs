using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Retraining.Artifacts;
using Retraining.Execution;

namespace Retraining.Supabase.Storage;

/// <summary>
/// Uploads a big file by the TUS protocol (tus.io, 1.0.0), as Supabase Storage speaks it: in parts, going on where a broken connection stopped.
/// The file appears when its last part has arrived. The service knows a number of seconds or <c>no-cache</c> here, so <c>immutable</c> is lost.
/// </summary>
internal sealed class ResumableUpload(SupabaseClient client, string bucket)
{
    /// <summary>The only size that the service takes for a part that is not the last.</summary>
    public const int PartBytes = 6 * 1024 * 1024;
    private const int MostSetbacks = 20;

    /// <param name="content">Seekable; stays open.</param>
    /// <exception cref="PermanentStageException">The service refuses the file.</exception>
    /// <exception cref="IOException">It did not arrive whole after many attempts.</exception>
    public async Task SendAsync(string path, Stream content, WriteOptions options, CancellationToken cancellationToken)
    {
        var address = await CreateAsync(path, content.Length, options, cancellationToken);
        var (offset, setbacks) = (0L, 0);
        while (offset < content.Length)
        {
            var arrived = await SendPartAsync(path, address, content, offset, cancellationToken)
                ?? await FindOffsetAsync(path, address, cancellationToken); // a part that arrived unseen, or only half
            if (arrived is null)
                address = await CreateAsync(path, content.Length, options, cancellationToken); // the service has forgotten the upload
            if (arrived is not { } next || next <= offset)
            {
                if (++setbacks == MostSetbacks)
                    throw new IOException($"{path} in {client.Location}: stopped at byte {offset} of {content.Length}, expected all to arrive");
            }

            offset = arrived ?? 0;
        }
    }

    private async Task<string> CreateAsync(string path, long length, WriteOptions options, CancellationToken cancellationToken)
    {
        var location = await client.SendAsync(path, project => Creation(project, path, length, options), async (response, token) =>
        {
            if (response.StatusCode == HttpStatusCode.Created && response.Headers.Location is { } found)
                return found;
            throw Refused(path, await StorageAnswer.ReadAsync(client, response, token));
        }, cancellationToken);
        var service = new Uri(client.Location + "/");
        var address = new Uri(service, location);
        return address.GetLeftPart(UriPartial.Authority) == service.GetLeftPart(UriPartial.Authority)
            ? address.PathAndQuery.TrimStart('/')
            : throw new PermanentStageException($"{path} in {client.Location}: to be uploaded to {address.Host}, expected the project itself");
    }

    private HttpRequestMessage Creation(SupabaseProject project, string path, long length, WriteOptions options)
    {
        var request = Request(project, HttpMethod.Post, "storage/v1/upload/resumable");
        request.Headers.TryAddWithoutValidation("Upload-Length", length.ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation("x-upsert", "true");
        (string Name, string Value)[] metadata =
        [
            ("bucketName", bucket), ("objectName", path), ("contentType", ContentTypes.Of(path)),
            ("cacheControl", options == WriteOptions.Immutable ? "31536000" : "no-cache"),
        ];
        request.Headers.TryAddWithoutValidation(
            "Upload-Metadata", string.Join(',', metadata.Select(entry => $"{entry.Name} {Convert.ToBase64String(Encoding.UTF8.GetBytes(entry.Value))}")));
        return request;
    }

    /// <returns>Bytes that have arrived in all; null when the service's count is another one.</returns>
    private Task<long?> SendPartAsync(string path, string address, Stream content, long offset, CancellationToken cancellationToken) =>
        client.SendAsync(path, project => Part(project, address, content, offset), async (response, token) =>
        {
            if (response.StatusCode == HttpStatusCode.NoContent)
                return OffsetOf(response);
            var answer = await StorageAnswer.ReadAsync(client, response, token);
            return answer.IsConflict || answer.IsMissing || answer.Status is (int)HttpStatusCode.Gone or (int)HttpStatusCode.Locked
                ? null
                : throw Refused(path, answer);
        }, cancellationToken);

    private static HttpRequestMessage Part(SupabaseProject project, string address, Stream content, long offset)
    {
        content.Position = offset;
        var part = new byte[Math.Min(PartBytes, content.Length - offset)];
        content.ReadExactly(part);
        var request = Request(project, HttpMethod.Patch, address);
        request.Headers.TryAddWithoutValidation("Upload-Offset", offset.ToString(CultureInfo.InvariantCulture));
        request.Content = new ByteArrayContent(part);
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/offset+octet-stream");
        return request;
    }

    /// <returns>Null when the service does not know the upload any more.</returns>
    private Task<long?> FindOffsetAsync(string path, string address, CancellationToken cancellationToken) => client.SendAsync(
        path, project => Request(project, HttpMethod.Head, address), (response, _) => Task.FromResult(response.IsSuccessStatusCode ? OffsetOf(response) : null),
        cancellationToken);

    private static long? OffsetOf(HttpResponseMessage response) =>
        response.Headers.TryGetValues("Upload-Offset", out var values) && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            ? offset
            : null;

    private static HttpRequestMessage Request(SupabaseProject project, HttpMethod method, string address)
    {
        var request = project.Request(method, address);
        request.Headers.TryAddWithoutValidation("Tus-Resumable", "1.0.0");
        return request;
    }

    private PermanentStageException Refused(string path, StorageAnswer answer) =>
        new($"{path} in {client.Location}: refused with {answer.Text}, expected the bucket to take files of this size and type");
}
