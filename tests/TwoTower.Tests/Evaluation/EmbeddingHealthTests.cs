using TwoTower.Evaluation;

namespace TwoTower.Tests.Evaluation;

public sealed class EmbeddingHealthTests
{
    [Fact]
    public void Of_FourCorners_SpreadsOverTwoDimensions()
    {
        // mean 0, covariance diag(1/2, 1/2): trace 1, effective dimensions 1² / (1/4 + 1/4) = 2
        var health = EmbeddingHealth.Of([1, 0, -1, 0, 0, 1, 0, -1], dim: 2);
        Assert.Equal(1, health.Spread, 6);
        Assert.Equal(2, health.EffectiveDimensions, 6);
    }

    [Fact]
    public void Of_OnePoint_HasNoSpread()
    {
        var health = EmbeddingHealth.Of([0.6f, 0.8f, 0.6f, 0.8f], dim: 2);
        Assert.Equal((0, 0), (health.Spread, health.EffectiveDimensions));
    }

    [Fact]
    public void Of_ALine_HasOneDimension() => Assert.Equal(1, EmbeddingHealth.Of([1, 0, -1, 0], dim: 2).EffectiveDimensions, 6);

    [Fact]
    public void Of_NotANumber_IsCounted() => Assert.Equal(2, EmbeddingHealth.Of([float.NaN, 0, float.PositiveInfinity, 1], dim: 2).NonFinite);
}
