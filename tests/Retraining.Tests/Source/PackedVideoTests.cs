using Retraining.Source;

namespace Retraining.Tests.Source;

public sealed class PackedVideoTests
{
    [Fact]
    public async Task PackAsync_Video_ComesBackAsItWas()
    {
        var video = new Video
        {
            Id = "v",
            Title = " as it is ",
            Description = "",
            Tags = ["夏", "海"],
            IsActive = false,
            CreatedAt = DateTimeOffset.UnixEpoch.AddTicks(1),
        };
        SourceRow<Video>[] rows = [new("videos", 1, video, null), new("videos", 2, null, new("id", "null", "a value"))];

        var packed = await PackedVideo.PackAsync(rows.ToAsyncEnumerable())
            .Select(row => new SourceRow<Video>(row.Origin, row.Row, row.Value?.ToVideo(), row.Fault)).ToArrayAsync();
        Assert.Equal(rows, packed);
    }

    [Fact]
    public void Add_Bytes_AreTrimmedAndMadeUtf8()
    {
        var packed = new PackedVideo();
        packed.Add("of the video before"u8);
        packed.Begin("v");
        packed.Add("\u3000\n 夏の海 \u00A0"u8);
        packed.Add(" \t"u8);
        packed.Add([(byte)'a', 0xFF]); // of a database without an encoding
        packed.AddNull();
        for (var text = VideoText.Maker + 1; text <= VideoText.ThumbnailUrl; text++)
            packed.Add(" "u8);
        packed.AddNames([]);
        packed.AddNames(["a", "猫"]);
        packed.AddNames([]);

        var video = packed.ToVideo();
        Assert.Equal(("夏の海", null, "a\uFFFD", null), (video.ExternalId, video.Title, video.Description, video.Maker));
        Assert.Equal(["a", "猫"], video.Tags);
        Assert.Equal(
            Enum.GetValues<VideoText>().Except([VideoText.ExternalId, VideoText.Description, VideoText.Tags]),
            Enum.GetValues<VideoText>().Where(text => (packed.Missing & (1 << (int)text)) != 0));
    }
}
