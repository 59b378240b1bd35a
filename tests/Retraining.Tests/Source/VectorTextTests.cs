using Retraining.Source;

namespace Retraining.Tests.Source;

public sealed class VectorTextTests
{
    [Theory]
    [InlineData("[0.5,-1,2e-3]", new[] { 0.5f, -1, 0.002f })] // pgvector, JSON
    [InlineData(" { 0.5 , 1 } ", new[] { 0.5f, 1 })]          // an array of PostgreSQL
    [InlineData("{1,NULL}", new[] { 1, float.NaN })]
    [InlineData("[1,NaN,Infinity]", new[] { 1, float.NaN, float.PositiveInfinity })]
    [InlineData("[1,,2]", new[] { 1, float.NaN, 2 })]
    [InlineData("{{1,2},{3,4}}", new[] { float.NaN, float.NaN, float.NaN, float.NaN })]
    [InlineData("[]", new float[0])]
    [InlineData("1,2", new[] { float.NaN })]
    [InlineData("[1,2", new[] { float.NaN })]
    [InlineData("[", new[] { float.NaN })]
    public void Parse_AnyText_GivesItsNumbersAndNaNForTheRest(string text, float[] expected) => Assert.Equal(expected, VectorText.Parse(text));
}
