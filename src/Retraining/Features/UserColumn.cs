namespace Retraining.Features;

/// <summary>One column that holds one number.</summary>
/// <param name="Column">Position in the row.</param>
/// <param name="Number">What it holds.</param>
/// <param name="Type">One of <see cref="SegmentType"/>.</param>
/// <param name="Scale">Subtracts and divides, where the type does.</param>
internal sealed record UserColumn(int Column, UserNumber Number, string Type, Standardization Scale)
{
    private readonly bool _isLog = Type == SegmentType.Log1p;

    public float Value(in UserStatistics user, long asOf)
    {
        var value = user[Number, asOf];
        return (float)(_isLog ? Math.Log(1 + Math.Max(0, value)) : Scale.Apply(value));
    }
}
