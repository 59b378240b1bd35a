using Retraining.Dataset;
using TwoTower.Evaluation;

namespace Retraining.Evaluation;

/// <summary>Tags and performers of each item as numbers, to tell how alike two items are whatever the model.</summary>
internal static class ItemAttributes
{
    public static ItemSets Of(Catalogue catalogue)
    {
        var numbers = new Dictionary<(bool IsTag, string Name), int>();
        int Number(bool isTag, string name)
        {
            if (!numbers.TryGetValue((isTag, name), out var number))
                numbers[(isTag, name)] = number = numbers.Count;
            return number;
        }

        return ItemSets.From(catalogue.Videos.Select(video =>
            video.Tags.Select(tag => Number(true, tag)).Concat(video.Performers.Select(performer => Number(false, performer)))));
    }
}
