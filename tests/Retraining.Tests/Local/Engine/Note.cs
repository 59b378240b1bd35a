namespace Retraining.Tests.Local.Engine;

/// <summary>What the stages of <see cref="NotePipeline"/> hand each other.</summary>
internal sealed record Note(string Text);
